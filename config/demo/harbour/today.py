"""The last hours: what burns, what nobody has taken yet."""

from config.demo.papers import Paper
from config.demo.script import Story
from config.demo.verbs import ask, assign, classify, conclude, involve, note, override, reply, resolve, suspect, take

STORIES = (
    Story(
        key="calls-cut",
        when="1h 35m ago",
        by="samuel",
        agent="tomasz",
        title="Outside calls are cut off after a few seconds",
        text="Every call from outside, at all front desks. Inside the house the phones work.",
        service="Telephones & paging",
        impact="organisation",
        urgency="critical",
        began="10m",
        roughly=True,
        then=(
            take("4m"),
            classify("Hardware", "Network / Telephone", risk="high", severity="down", wait="3m"),
            involve("beatrice", "watcher", "2m"),
            involve("eleanor", "affected", "2m"),
            reply(
                """We see it too, at all sites. Emergency calls go to the mobile at the front desk until this is over;
                the number is on the door. Next word at the latest in half an hour.""",
                "5m",
            ),
            suspect("The main line's box has failed.", "Move the number to the second line.", "6m"),
            conclude("ruled_out", "Same on the second line.", "12m"),
            suspect("The firewall's new rule drops the sound after ten seconds.", "Undo last night's change.", "5m"),
            reply(
                "It is not the line itself. We undo last night's change now; that takes about fifteen minutes.", "18m"
            ),
        ),
    ),
    Story(
        key="stock-double",
        when="4h 10m ago",
        by="noor",
        agent="hannah",
        title="Stock page counts today's delivery twice",
        text="Twenty boxes came, the page says forty. I don't want to order too little next time.",
        service="Pharmacy",
        impact="group",
        then=(
            take("20m"),
            classify("Software", "Application / Wrong data", severity="minor"),
            suspect("The delivery note was scanned at the door and at the counter.", "Look at the two scans."),
            conclude("confirmed", "Two scans, seven minutes apart.", "40m", cause=True),
            resolve(
                "fixed",
                """The delivery note was scanned at two places, and both counted. The stock is right again, and a note
                counts once now, however often it is scanned.""",
                "Scanned a test note three times: counted once.",
                "1h 50m",
            ),
        ),
    ),
    Story(
        key="ointment-expiry",
        when="2h 20m ago",
        by="noor",
        agent="hannah",
        title="Labels for ointments lack the expiry date",
        text="Only those that we mix ourselves.",
        service="Pharmacy",
        papers=(Paper("label.png", ("Label preview", "Ointment No. 4, 50 g", "Use by:")),),
        then=(
            take("35m"),
            classify("Software", "Application / Wrong data", severity="minor"),
            ask("Do you enter the date when you mix, or should the label take mixing day plus 28?", "50m"),
        ),
    ),
    Story(
        key="ledger-read-only",
        when="1h 5m ago",
        by="marcus",
        agent="owen",
        title="Ledger opens as “read only”",
        text="Since the computer restarted by itself. Payments are due today.",
        service="Computers",
        urgency="high",
        then=(
            override("P2", "Payments for the whole house are due today.", "15m"),
            assign("leila", "3m"),
        ),
    ),
    Story(
        key="lab-folder-full",
        when="50m ago",
        by="tilda",
        title="Shared folder of the lab is full",
        text="We can't save today's control charts. There is no message, they just aren't there afterwards.",
        service="Laboratory",
        impact="department",
        urgency="high",
    ),
    Story(
        key="records-down",
        when="22m ago",
        by="grace",
        agent="owen",
        title="Patient records do not open on Ward 3",
        text="""No file opens since a few minutes ago, on none of our four computers. We see “waiting for the record
        server” and nothing else. The medication round is on paper lists now.""",
        service="Patient records",
        error="PR-503",
        impact="department",
        urgency="critical",
        began="5m",
        papers=(Paper("ward-3-screen.png", ("Patient records", "Waiting for the record server ...", "Code PR-503")),),
        then=(note("Ward 2 called as well. Who can take this one? I am on the phone line.", "9m"),),
    ),
    Story(
        key="date-yesterday",
        when="7m ago",
        by="samuel",
        title="Check-in screen greets patients with yesterday's date",
        text="The one at the side entrance. The other two are right.",
        service="Appointments",
        urgency="low",
    ),
)
