"""How the clinics' desk is set up."""

from config.demo.harbour.people import CLINICAL, DESK, NETWORK, SECURITY, WORKPLACE
from config.demo.house import Room

TEAMS = {
    DESK: "First to look at everything, and everything that has no other home",
    CLINICAL: "Patient records, laboratory, imaging, pharmacy",
    NETWORK: "Network, wireless, telephones, paging",
    WORKPLACE: "Computers, printers, scanners, label printers",
    SECURITY: "Access that looks wrong, lost devices, suspicious mail",
}

SERVICES = (
    Room("Patient records", "The patient's file: letters, findings, prescriptions", CLINICAL, "vital"),
    Room("Laboratory", "Orders, samples and results", CLINICAL, "vital"),
    Room("Imaging", "X-ray and ultrasound pictures and their reports", CLINICAL, "vital"),
    Room("Pharmacy", "Dispensing, stock and labels", CLINICAL, "important"),
    Room("Appointments", "The calendar, reminders, the check-in screens", DESK, "important"),
    Room("Network & Wi-Fi", "Everything that is connected, by cable or not", NETWORK, "vital"),
    Room("Telephones & paging", "Desk phones, the switchboard, pagers", NETWORK, "important"),
    Room("Computers", "Desktops, laptops, tablets and their software", WORKPLACE),
    Room("Printing", "Printers, labels, scanners", WORKPLACE),
    Room("E-mail & calendar", "Mailboxes, shared calendars, distribution lists", DESK, "important"),
    Room("Accounts & access", "Sign-in, badges, rights", DESK),
    Room("Payroll & rota", "Salaries, shifts, leave", DESK),
)

CATEGORIES = (
    "Access",
    "Access / Account locked",
    "Access / Rights",
    "Access / Suspicious",
    "Application",
    "Application / Error message",
    "Application / Slow",
    "Application / Wrong data",
    "Application / How to",
    "Device",
    "Device / Computer",
    "Device / Printer",
    "Device / Medical workstation",
    "Network",
    "Network / Wireless",
    "Network / Cable",
    "Network / Telephone",
    "Delivery",
    "Delivery / New starter",
    "Delivery / Equipment",
    "Delivery / Software",
)

RULES = {"attachment_max_megabytes": 25, "attachment_max_count": 10, "contest_days": 5}
