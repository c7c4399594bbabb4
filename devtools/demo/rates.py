"""Every proportion of the demo fleet, in one place.

Chosen as operators of such fleets would expect them, not to flatter a linker. Shares are 0 … 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """The proportions of the demo fleet."""

    stranger_leads: float = 0.36
    """Cabinet leads of people who never became drivers anywhere in our parks."""
    repeated_leads: float = 0.03
    """Cabinet leads of a person who had sent one before (new external id, often written differently)."""
    malformed_rows: float = 0.006
    """Malformed rows: no date, no key, 10 kB names, emoji, control characters."""

    stranger_scouting: float = 0.31
    """Scouting rows of people who never became drivers and never sent a cabinet lead."""
    scouting_with_lead: float = 0.33
    """Scouting rows of a person who sent a cabinet lead within days of it (driver or not)."""
    second_scout: float = 0.03
    """Scouting rows of a person whom another scout had already registered: a conflict to be found."""
    second_scout_within_week: float = 0.7
    """Of those, the second scout came within seven days."""
    same_scout_again: float = 0.01
    """Scouting rows that a scout entered twice."""
    scouting_without_scout: float = 0.012
    """Scouting rows whose scout was not recorded."""

    second_account: float = 0.04
    """Driver accounts that are the second account of a person who has one already."""
    second_account_same_park: float = 0.15
    """Of those, in the same park (registered anew) and not in another one."""
    second_account_new_licence: float = 0.10
    """Of those, with another licence number (the phone is then the same)."""
    second_account_new_phone: float = 0.18
    """Of those with the same licence, with another phone."""
    target_park: float = 0.5
    """People whose (first) account is in the target park."""

    women: float = 0.07
    """Women among drivers and leads."""
    foreigners: float = 0.05
    """Foreigners: document and licence do not have the national form."""
    single_surname: float = 0.015
    """Nationals who have one surname only in their documents."""
    second_given_name: float = 0.66
    """People who have a second given name."""

    relatives: float = 0.14
    """People who have a relative among the drivers (sibling, parent or child, couple)."""
    shared_family_phone: float = 0.03
    """People who give a relative's phone as theirs; in half of the cases the driver account has it too."""
    recycled_phone: float = 0.015
    """Strangers' leads whose number used to belong to somebody who is still in the drivers table with it."""
    changed_phone: float = 0.08
    """People whose driver account has another phone than their lead."""
    changed_car: float = 0.06
    """People whose driver account has another car than their lead."""
    changed_car_given_changed_phone: float = 0.25
    """The same among people who changed their phone: who starts anew changes both. These are undecidable."""
    shared_car: float = 0.03
    """People who drive the car of another driver (day and night shift)."""
    rented_car: float = 0.04
    """People who drive a car that a company rents to one driver after another."""
    drivers_per_rented_car: int = 4
    """Average number of those drivers per such car."""

    phone_placeholder: float = 0.012
    """Rows with 999999999, S/N, '-', '0' and the like for a phone."""
    phone_missing: float = 0.012
    """Rows without a phone."""
    phone_typo: float = 0.008
    """Rows whose phone has one wrong or one missing digit."""
    two_phones: float = 0.03
    """Rows with two numbers in the phone field."""
    call_centre_phone: float = 0.006
    """Cabinet leads that carry a call centre's phone (or an agent's own) instead of the person's."""
    plate_placeholder: float = 0.008
    """Rows with AAA000, SIN PLACA and the like for a plate."""
    plate_missing: float = 0.05
    """Cabinet leads without a plate."""
    plate_typo: float = 0.012
    """Plates with a wrong character."""
    plate_letter_o: float = 0.2
    """Hand-written plates with a zero that are spelled with the letter O instead."""
    licence_missing: float = 0.12
    """Scouting rows without a licence."""
    licence_is_document: float = 0.05
    """Scouting rows that carry the bare document number instead of the licence."""
    licence_typo: float = 0.012
    """Scouting rows whose licence has a wrong digit."""
    licence_draft: float = 0.015
    """Driver accounts with a DRIVERDRAFT… licence."""
    nameless: float = 0.003
    """Leads without any name."""

    lead_without_second_surname: float = 0.24
    """Cabinet leads that leave the second surname out."""
    lead_without_second_given: float = 0.38
    """Cabinet leads that leave the second given name out."""
    scouting_without_second_surname: float = 0.32
    """Scouting rows that leave the second surname out."""
    scouting_without_second_given: float = 0.45
    """Scouting rows that leave the second given name out."""
    account_without_second_surname: float = 0.09
    """Driver accounts that leave the second surname out."""
    account_without_second_given: float = 0.18
    """Driver accounts that leave the second given name out."""
    names_swapped: float = 0.04
    """Leads with surnames in the field of given names and the other way round."""
    lead_typo: float = 0.055
    """Leads and scouting rows with a letter of a name swapped, dropped, doubled or hit beside."""
    lead_spelling: float = 0.045
    """Leads and scouting rows with a name spelled by ear (b/v, s/z, y/i, h, ll/y)."""
    account_typo: float = 0.015
    """Driver accounts with a typing error."""
    initial: float = 0.03
    """Leads and scouting rows with an initial for the second given name or second surname."""
    nickname: float = 0.005
    """Leads and scouting rows with a pet name (Pepe, Lucho)."""
    accents_written: float = 0.22
    """Rows in which people wrote the accents."""
    broken_encoding: float = 0.002
    """Rows with accents or ñ whose encoding a spreadsheet broke (MUÃ‘OZ)."""
    joined_particle: float = 0.3
    """Compound surnames that leads and scouting rows write as one word (DELACRUZ)."""

    lead_without_external_id: float = 0.02
    """Cabinet leads without an external id: their key is the row number."""
    late_upload: float = 0.08
    """Rows that a spreadsheet upload brought days after the others of that date."""
    migration_without_driver_id: float = 0.012
    """Migrations without a driver id."""
    migration_unknown_driver_id: float = 0.012
    """Migrations whose driver id is nobody's."""
    migration_without_scout: float = 0.3
    """Migrations that no scout claims."""
    hire_date_missing: float = 0.005
    """Driver accounts without a hire date."""
    never_drove: float = 0.24
    """Drivers who came and never made a trip."""
    bad_trip_date: float = 0.002
    """Trip rows with rubbish for a date."""
    iso_trip_days: float = 0.035
    """Days whose trip file was written YYYY-MM-DD instead of DD-MM-YYYY."""
    payment_missing: float = 0.15
    """Milestones that were reached and not paid."""
    payment_unearned: float = 0.01
    """Payments of a milestone that was not reached."""
    payment_with_driver_id: float = 0.4
    """Payment rows that carry the driver id and not just a name."""
