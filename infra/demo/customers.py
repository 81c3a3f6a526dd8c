"""The demo shop's customers.

None of them exists; their email addresses use domains reserved for examples (RFC 2606).
"""

from infra.demo.model import DemoAddress, DemoCustomer


def _customer(email: str, first_name: str, last_name: str, **address: str) -> DemoCustomer:
    full_name = f"{first_name} {last_name}"
    return DemoCustomer(
        f"{email}@example.com", first_name, last_name, DemoAddress(full_name=full_name, **address)
    )


DEMO_CUSTOMERS: tuple[DemoCustomer, ...] = (
    _customer(
        "ada.keller",
        "Ada",
        "Keller",
        line1="Lindenallee 14",
        city="Hamburg",
        postcode="20259",
        country="DE",
    ),
    _customer(
        "jonas.voss",
        "Jonas",
        "Voß",
        line1="Görlitzer Straße 61",
        city="Berlin",
        postcode="10997",
        country="DE",
    ),
    _customer(
        "marie.lefevre",
        "Marie",
        "Lefèvre",
        line1="8 rue des Tanneurs",
        line2="Bâtiment B, 3e étage",
        city="Lyon",
        postcode="69009",
        country="FR",
    ),
    _customer(
        "soren.ostergaard",
        "Søren",
        "Østergård",
        line1="Møllevej 27",
        city="Aarhus",
        postcode="8000",
        country="DK",
    ),
    _customer(
        "zofia.wojcik",
        "Zofia",
        "Wójcik",
        line1="ul. Długa 33/5",
        city="Kraków",
        postcode="31-147",
        country="PL",
    ),
    _customer(
        "lucia.ibanez",
        "Lucía",
        "Ibáñez Peña",
        line1="Calle del Almirante 9",
        line2="2º izquierda",
        city="Madrid",
        region="Madrid",
        postcode="28004",
        country="ES",
    ),
    _customer(
        "elin.sjoberg",
        "Elin",
        "Sjöberg",
        line1="Åsgatan 12",
        city="Göteborg",
        postcode="411 03",
        country="SE",
    ),
    _customer(
        "tomas.dvorak",
        "Tomáš",
        "Dvořák",
        company="Ateliér Dvořák s.r.o.",
        line1="Křížová 418",
        city="Brno",
        postcode="603 00",
        country="CZ",
    ),
    _customer(
        "niamh.kelly",
        "Niamh",
        "Ní Cheallaigh",
        line1="22 Harbour Road",
        city="Galway",
        postcode="H91 X2F4",
        country="IE",
    ),
    _customer(
        "giulia.conti",
        "Giulia",
        "Conti",
        line1="Via dei Mille 45",
        city="Torino",
        region="TO",
        postcode="10123",
        country="IT",
    ),
    _customer(
        "pieter.devries",
        "Pieter",
        "de Vries",
        line1="Prinsengracht 301-II",
        city="Amsterdam",
        postcode="1016 GX",
        country="NL",
    ),
    _customer(
        "sunniva.aasen",
        "Sunniva",
        "Åsen",
        line1="Fjellveien 88",
        city="Bergen",
        postcode="5019",
        country="NO",
        phone="+47 55 55 01 23",
    ),
)
