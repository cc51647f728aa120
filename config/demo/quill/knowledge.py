"""What the publisher's help table has written down."""

from config.demo.house import Known

KNOWLEDGE = (
    Known(
        title="A font is missing when you open a layout",
        summary="Fonts come from the house's font shelf; the layout program has to be started after they are there.",
        service="Layout & typesetting",
        body="""
            1. Close the layout **without saving**.
            2. Open *Font shelf* and switch on the family that the message names.
            3. Start the layout program anew and open the layout again.

            Never replace a font just to get rid of the message: lines break elsewhere, and proofs no longer match.
        """,
    ),
    Known(
        title="Get an older version of a manuscript back",
        summary="Every version that was ever saved is still there, for whoever may open the manuscript.",
        service="Manuscript store",
        body="""
            1. Open the manuscript's page, then *Versions*.
            2. Choose the day, and look at what has changed since.
            3. *Bring back* makes it the newest version. Nothing in between is lost.
        """,
    ),
)
