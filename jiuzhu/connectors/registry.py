"""The departments the platform can ask: one line each."""

from __future__ import annotations

from jiuzhu.connectors.bank_deposits.client import CONNECTOR as BANK_DEPOSITS
from jiuzhu.connectors.business_registration.client import CONNECTOR as BUSINESS_REGISTRATION
from jiuzhu.connectors.contract import Connector
from jiuzhu.connectors.deaths.client import CONNECTOR as DEATHS
from jiuzhu.connectors.household_register.client import CONNECTOR as HOUSEHOLD_REGISTER
from jiuzhu.connectors.marriage.client import CONNECTOR as MARRIAGE
from jiuzhu.connectors.prisons.client import CONNECTOR as PRISONS
from jiuzhu.connectors.real_estate.client import CONNECTOR as REAL_ESTATE
from jiuzhu.connectors.social_insurance.client import CONNECTOR as SOCIAL_INSURANCE
from jiuzhu.connectors.vehicles.client import CONNECTOR as VEHICLES

_CONNECTORS: tuple[Connector, ...] = (
    HOUSEHOLD_REGISTER,
    DEATHS,
    MARRIAGE,
    VEHICLES,
    REAL_ESTATE,
    SOCIAL_INSURANCE,
    BUSINESS_REGISTRATION,
    BANK_DEPOSITS,
    PRISONS,
)
_BY_CODE = {connector.code: connector for connector in _CONNECTORS}


def get(code: str) -> Connector:
    return _BY_CODE[code]


def all_connectors() -> tuple[Connector, ...]:
    return _CONNECTORS
