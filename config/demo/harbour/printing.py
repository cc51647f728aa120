"""Printers, labels, scanners."""

from config.demo.causes import find_it_helpful
from config.demo.script import Story
from config.demo.verbs import classify, conclude, confirm, diagnose, note, reply, resolve, suspect, take

STORIES = (
    Story(
        key="label-left-half",
        when="29 10:10",
        by="noor",
        agent="leila",
        title="Pharmacy labels are cut off in the middle",
        text="""Since this morning only the left half is printed. We hand out about forty prescriptions an hour and
        write the other half by hand.""",
        service="Printing",
        impact="department",
        urgency="high",
        then=(
            take("8m"),
            classify("Hardware", "Device / Printer", severity="degraded", risk="medium"),
            suspect("The ribbon sits crooked.", "Open the printer."),
            conclude("ruled_out", "Ribbon and roll are straight.", "20m"),
            suspect("The driver's paper size changed overnight.", "Compare with the second printer."),
            conclude("confirmed", "Width is 40 mm instead of 80 mm.", "10m", cause=True),
            resolve(
                "fixed",
                "The label width was halved by the nightly update. It is right again and locked against updates.",
                "Printed twenty labels of all three sizes.",
                "15m",
            ),
            confirm(5, "Back to normal within the hour!", "25m"),
            find_it_helpful(
                "A label printer prints blank or crooked labels",
                by="noor",
                helped=False,
                words="Ours cut the labels in half; that is not in here.",
            ),
        ),
    ),
    Story(
        key="scanner-blank-pages",
        when="25 09:20",
        by="samuel",
        agent="leila",
        title="Scanner adds an empty page after each page",
        text="Every referral has twice as many pages as it should.",
        service="Printing",
        impact="group",
        urgency="low",
        then=(
            take("2h"),
            classify("Hardware", "Device / Printer", severity="minor"),
            resolve(
                "explained",
                "The button “both sides” was on. With “one side” it scans what is there; I put a sticker beside it.",
                "Scanned a referral of three pages.",
                "30m",
            ),
            confirm(4, "Oh. Thank you for the sticker.", "1h"),
        ),
    ),
    Story(
        key="printer-wrong-floor",
        when="18 09:00",
        by="aoife",
        agent="leila",
        title="My contracts come out on the second floor",
        text="Personnel papers lie open in somebody else's printer. This must not happen.",
        service="Printing",
        urgency="high",
        then=(
            take("10m"),
            classify("Software", "Device / Printer", severity="degraded", risk="high"),
            reply("Please print nothing confidential for the moment. A colleague fetches the papers now."),
            note("Four pages fetched and handed to Aoife personally.", "15m"),
            diagnose("Two printers had the same name after the move; the computer took the first."),
            resolve(
                "fixed",
                """Two printers had the same name. Yours is now called HR-1, and it prints only when you stand there
                with your badge.""",
                "Printed from your computer; it waited until you showed the badge.",
                "1h",
            ),
            confirm(5, "The badge is a good idea.", "2h"),
        ),
    ),
    Story(
        key="wrong-drawer",
        when="15 09:10",
        by="kenji",
        agent="leila",
        title="Work orders print on yellow paper",
        text="The yellow paper is for incidents with water. People run when they see it.",
        service="Printing",
        urgency="low",
        then=(
            take("1h"),
            classify("Software", "Device / Printer", severity="minor"),
            resolve("fixed", "Ordinary orders come from the upper drawer again.", "Printed one of each kind.", "40m"),
            confirm(5, "Nobody runs any more.", "5h"),
        ),
    ),
    Story(
        key="prescription-printer-tray",
        when="6 08:10",
        by="grace",
        agent="leila",
        title="Ward 3's printer asks for paper that is there",
        text="Tray 2 is full. It wants paper for tray 2.",
        service="Printing",
        impact="group",
        then=(
            take("20m"),
            classify("Hardware", "Device / Printer", severity="degraded"),
            suspect("The sensor of tray 2 is dusty.", "Clean it."),
            conclude("confirmed", "", "1h", cause=True),
            resolve("fixed", "The sensor was dusty. Clean again.", "Printed thirty pages from tray 2.", "10m"),
            confirm(5, "", "2h"),
        ),
    ),
)
