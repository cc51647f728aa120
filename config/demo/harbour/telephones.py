"""Telephones and pagers."""

from config.demo.causes import (
    establish,
    find_it_helpful,
    judge,
    look_for_the_cause,
    measure,
    point_to_it,
    publish_known_error,
    raise_problem,
    say,
    tell_everybody,
    work_around,
    write_down,
)
from config.demo.script import Story
from config.demo.verbs import (
    classify,
    comment,
    conclude,
    confirm,
    diagnose,
    refer,
    reopen,
    reply,
    resolve,
    resume,
    suspect,
    take,
    wait_for,
)
from problems.analysis import Belief, Branch

# The whys of the pagers' problem, named by more than one step.
PAGER_TITLE = "A new pager is empty after one shift"
EMPTY = "The pagers of the September delivery are empty after one shift."
WEAK = "Their batteries hold less than they should."
BAD_CHARGE = "The maker built in batteries of a bad charge."
UNTESTED = "Nobody measures a delivery before it is handed out."
LEFT_ON = "The new pagers are left on overnight."

STORIES = (
    Story(
        key="pager-silent",
        when="29 09:15",
        by="grace",
        agent="callum",
        logged="phone",
        logged_by="hannah",
        title="Pager 41 does not ring in the basement",
        text="She phoned: the pager is quiet in the linen store and rings as soon as she is up again.",
        service="Telephones & paging",
        urgency="high",
        then=(
            take("30m"),
            classify("Hardware", "Network / Telephone", severity="degraded"),
            suspect("The repeater on level -1 is off.", "Go and look."),
            conclude("confirmed", "Its plug was pulled for a vacuum cleaner.", "40m", cause=True),
            resolve(
                "fixed",
                "The repeater in the basement had no power. It hangs on a plug with a lock now.",
                "Rang pager 41 from three rooms of the basement.",
                "20m",
            ),
            confirm(5, "", "1h"),
        ),
    ),
    Story(
        key="fax-to-mail",
        when="27 14:05",
        by="samuel",
        agent="callum",
        title="Referrals by fax do not arrive in the shared mailbox",
        text="Two practices say they sent something this morning. The mailbox is empty.",
        service="Telephones & paging",
        impact="department",
        then=(
            take("20m"),
            classify("Software", "Network / Telephone", severity="down", urgency="high"),
            reply("Please ask the two practices to send again in an hour. We look where the faxes went."),
            diagnose("The mailbox was full, and the fax gateway told nobody."),
            resolve(
                "fixed",
                "The mailbox was full. We moved the old referrals to the archive; the six waiting faxes have arrived.",
                "Sent a fax from the second line and saw it after a minute.",
                "40m",
            ),
            confirm(4, "All six are there.", "1h"),
        ),
    ),
    Story(
        key="switchboard-echo",
        when="18 10:45",
        by="samuel",
        agent="callum",
        title="Callers hear themselves when I put them through",
        text="An echo of half a second. It starts when the second line rings.",
        service="Telephones & paging",
        then=(
            take("1h"),
            classify("Hardware", "Network / Telephone", severity="minor"),
            suspect("The handset is damaged.", "Swap it with the one of the back office."),
            conclude("ruled_out", "Same echo with the other handset.", "40m"),
            refer("supplier", "TEL-7743", url="https://supplier.example/tickets/TEL-7743"),
            wait_for("supplier", "They look at the line tonight.", "15m"),
            resume("1d 2h"),
            resolve(
                "fixed",
                "The carrier found two devices removing the same echo and making a new one. One of them is off.",
                "Ten calls put through, with the second line ringing.",
                "30m",
            ),
            confirm(4, "No echo since yesterday.", "1d"),
        ),
    ),
    Story(
        key="conference-phone",
        when="12 09:25",
        by="aoife",
        agent="callum",
        title="Conference phone in the blue room hangs up after 30 minutes",
        text="In the middle of interviews. Always half an hour, to the minute.",
        service="Telephones & paging",
        urgency="high",
        then=(
            take("25m"),
            classify("Hardware", "Network / Telephone", severity="degraded"),
            suspect("A limit for forgotten calls is set to 30 minutes.", "Read the line's profile."),
            conclude("confirmed", "The room has the profile of a corridor phone.", "20m", cause=True),
            resolve("fixed", "The room phone may now talk for six hours.", "Left a call open over lunch.", "2h"),
            reopen("The profile was set back by the nightly run; I was too early.", "1d"),
            resolve(
                "fixed",
                "The profile is now in the list that the nightly run works from, so it stays.",
                "Looked again this morning after the run, and left a call open for 45 minutes.",
                "1d",
            ),
            confirm(3, "Fixed in the end. The interview of Tuesday was a pity.", "1d"),
        ),
    ),
    Story(
        key="pager-battery",
        when="7 12:30",
        by="rosa",
        agent="callum",
        title="New pagers are empty after one shift",
        text="The old ones lasted a week.",
        service="Telephones & paging",
        impact="group",
        then=(
            take("1h"),
            classify("Hardware", "Network / Telephone", severity="minor"),
            comment("Meanwhile we charge them at the nurses' desk, that helps.", "3h"),
            wait_for("problem", "All new pagers do this. Felix looks into the whole delivery.", "1h"),
            raise_problem(
                "Pagers of the September delivery are empty after one shift",
                "Twenty pagers came in September, and nearly all of them have this.",
                by="felix",
            ),
            look_for_the_cause("2h", by="felix"),
            write_down("Fourteen of twenty pagers are affected. The maker has been asked.", "1d", by="felix"),
            work_around(
                "Charge the pager at the nurses' desk at the end of each shift; a full one lasts for nine hours.",
                by="felix",
            ),
            tell_everybody(by="felix"),
            say(EMPTY, "30m", by="felix", branch=Branch.TECHNOLOGY, days_ago=2),
            point_to_it("All new ones do it, the old ones don't.", of=EMPTY, by="callum"),
            judge(EMPTY, Belief.CONFIRMED, by="felix"),
            say(LEFT_ON, "10m", by="callum", why=EMPTY, branch=Branch.PEOPLE),
            judge(LEFT_ON, Belief.RULED_OUT, "The old ones are, too, and last the week.", by="felix"),
            say(WEAK, "10m", by="felix", why=EMPTY, branch=Branch.TECHNOLOGY),
            measure("210", "mAh", "What the worst of three batteries holds; 650 is what it says.", of=WEAK, by="felix"),
            judge(WEAK, Belief.CONFIRMED, by="felix"),
            say(BAD_CHARGE, "10m", by="felix", why=WEAK, branch=Branch.SUPPLIER, days_ago=40),
            measure(
                "14", "of 20 pagers", "Counted those with a battery of the charge 09/B.", of=BAD_CHARGE, by="callum"
            ),
            judge(BAD_CHARGE, Belief.CONFIRMED, "An old battery in a new pager lasts the week.", by="felix"),
            say(UNTESTED, "10m", by="callum", why=BAD_CHARGE, branch=Branch.PROCESS),
            establish(
                "The batteries of one charge lose two thirds of what they hold.",
                "Measured three of them: 210 mAh instead of 650. An old battery in a new pager lasts the week.",
                of=BAD_CHARGE,
                by="felix",
            ),
            publish_known_error(
                PAGER_TITLE, "Most pagers that came in September hold their charge for one shift only.", by="felix"
            ),
            find_it_helpful(PAGER_TITLE, by="rosa"),
        ),
    ),
)
