"""Help at once, papers afterwards (3.6, E1–E8): report, first aid from the reserve fund, registration, more by decision.

Times are those of the event, to the minute, not of typing: the twenty-four hours run from the report to the handing
over, the five working days from there (CLK-TA24, CLK-TA5).
"""
