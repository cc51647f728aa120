"""Who works at Quillfeather Press."""

from config.demo.house import Human

HELP, TOOLS, SHOP = "Help Table", "Type & Tools", "Shop & Warehouse"


def _mail(name: str) -> str:
    return f"{name}@quillfeather.example"


PEOPLE = (
    Human(
        key="mila",
        name="Mila Jansen",
        mail=_mail("mila"),
        department="Office",
        roles=("administrator",),
        look="other words, other matrix, other rules",
    ),
    Human(
        key="harriet",
        name="Harriet Lowe",
        mail="harriet@lowe.example",
        department="Editing",
        roles=("team_lead",),
        seats=(HELP,),
        look="belongs to both organisations: leads the desk here",
    ),
    Human(
        key="bruno",
        name="Bruno Keller",
        mail=_mail("bruno"),
        department="Office",
        manager="harriet",
        roles=("agent",),
        seats=(HELP, TOOLS),
        look="start here as staff: a question and two fixes wait",
    ),
    Human(
        key="ida",
        name="Ida Nordahl",
        mail=_mail("ida"),
        department="Production",
        roles=("agent: Type & Tools",),
        seats=(TOOLS,),
        look="works on the burning one, for one team only",
    ),
    Human(
        key="pascal",
        name="Pascal Duarte",
        mail=_mail("pascal"),
        department="Distribution",
        roles=("team_lead: Shop & Warehouse",),
        seats=(SHOP,),
        look="leads one team: a hall to wait for",
    ),
    Human(
        key="conrad",
        name="Conrad Beck",
        mail=_mail("conrad"),
        department="Publisher's office",
        roles=("incident_manager", "stakeholder"),
        follows=("Web shop",),
        look="sees everything, follows the web shop",
    ),
    Human(
        key="yara",
        name="Yara Nassim",
        mail=_mail("yara"),
        department="Production",
        roles=("problem_manager",),
        look="raises problems and finds their causes",
    ),
    Human(
        key="gustav",
        name="Gustav Elling",
        mail=_mail("gustav"),
        department="Accounts",
        roles=("auditor",),
        look="reads everything and the trail",
    ),
    Human(
        key="philippa",
        name="Philippa Thorne",
        mail=_mail("philippa"),
        department="Publisher's office",
        roles=("stakeholder",),
        follows=("Web shop", "Warehouse"),
        look="follows two services in the portal",
    ),
    Human(
        key="lotte",
        name="Lotte Brandt",
        mail=_mail("lotte"),
        department="Editing",
        manager="harriet",
        look="start here as an end user: two fixes to confirm",
    ),
    Human(
        key="zofia",
        name="Zofia Malik",
        mail=_mail("zofia"),
        department="Rights",
        look="has a question to answer",
    ),
    Human(key="emil", name="Emil Sandberg", mail=_mail("emil"), department="Distribution", manager="pascal"),
    Human(key="theo", name="Theo Lang", mail=_mail("theo"), department="Marketing"),
    Human(key="ruben", name="Ruben Castel", mail=_mail("ruben"), department="Production"),
    Human(key="marta", name="Marta Quintero", mail=_mail("marta"), department="Marketing"),
    Human(key="viktor", name="Viktor Hahn", mail=_mail("viktor"), department="Audio"),
    Human(
        key="anouk",
        name="Anouk Fabre",
        mail="anouk@fabre-drawings.example",
        phone="+49 30 5550 142",
        department="Illustrators",
        login=False,
    ),
)
