"""How the press's desk is set up: three teams, few words."""

from config.demo.house import Room
from config.demo.quill.people import HELP, SHOP, TOOLS

TEAMS = {
    HELP: "Ask us anything; we know who knows",
    TOOLS: "Layout, fonts, manuscripts, audio",
    SHOP: "Web shop, orders, warehouse, shipping",
}

SERVICES = (
    Room("Layout & typesetting", "Pages, fonts, proofs", TOOLS, "important"),
    Room("Manuscript store", "Every version of every text", TOOLS, "vital"),
    Room("Audio studio", "Recording and mastering audiobooks", TOOLS),
    Room("Web shop", "Where readers buy", SHOP, "vital"),
    Room("Warehouse", "Stock, picking, parcels", SHOP, "important"),
    Room("Rights & contracts", "Who may print what, where, until when", HELP, "important"),
    Room("Mail & calendar", "Mailboxes and meetings", HELP),
    Room("Desks & gear", "Laptops, screens, tablets, headphones", HELP),
    Room("House network", "Wi-Fi, file shelves, the door", HELP, "important"),
)

CATEGORIES = (
    "Books",
    "Books / Files",
    "Books / Fonts",
    "Books / Metadata",
    "Selling",
    "Selling / Checkout",
    "Selling / Prices",
    "Selling / Parcels",
    "Working",
    "Working / Access",
    "Working / Gear",
    "Working / Network",
    "Working / How do I",
    "Sound",
)

# Few people, short ways: only the shop or the whole house standing still is a P1.
MATRIX = {
    "organisation": {"critical": "P1", "high": "P2", "medium": "P3", "low": "P3"},
    "department": {"critical": "P2", "high": "P2", "medium": "P3", "low": "P4"},
    "group": {"critical": "P2", "high": "P3", "medium": "P4", "low": "P5"},
    "person": {"critical": "P3", "high": "P4", "medium": "P4", "low": "P5"},
}
TYPES = {"Tools & files": "Software", "Gear": "Hardware", "Wish": "Service request", "Shop & orders": ""}
RULES = {"attachment_max_megabytes": 50, "attachment_max_count": 5, "contest_days": 10}
