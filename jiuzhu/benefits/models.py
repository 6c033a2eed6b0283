"""Rows of this capability; the first come with their first act."""

from jiuzhu.benefits.support_models import FuneralAid, SelfCareReport, SupportStop, SupportStopStep

__all__ = ["FuneralAid", "SelfCareReport", "SupportStop", "SupportStopStep"]
