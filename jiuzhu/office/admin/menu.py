"""Lines of the left menu of this part."""

from jiuzhu.office.menu import Group

GROUPS: tuple[Group, ...] = ()
