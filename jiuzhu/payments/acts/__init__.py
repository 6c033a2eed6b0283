"""The month's money: list, checks, bank file, return, publication (PAY-01..06). Each act is one transaction.

``seen`` is the version of the page acted on, ``once`` the form's own token; both optional.
"""
