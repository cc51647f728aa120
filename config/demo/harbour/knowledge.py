"""What the clinics' desk has written down, for everybody or for itself."""

from config.demo.house import Known

KNOWLEDGE = (
    Known(
        title="A label printer prints blank or crooked labels",
        summary="Most often the roll sits the wrong way round, or the printer has forgotten its label size.",
        service="Printing",
        body="""
            1. Open the lid and check that the labels come **from below**, with their face up.
            2. Close the lid, and hold the button with the drop for three seconds: one label is measured.
            3. Print a test from *Settings, Printer, Test label*.

            Still blank? The print head may be worn. Report it, and say which printer it is: its number is on its side.
        """,
    ),
    Known(
        title="Your account is locked after too many wrong passwords",
        summary="It opens by itself after fifteen minutes; a new password opens it at once.",
        service="Accounts & access",
        body="""
            * Wait fifteen minutes, and sign in with the password that you know.
            * Or choose a new one with *Forgotten password* on the sign-in page; it works within a minute.

            A phone or tablet that still has the old password locks it again. Change it there first.
        """,
    ),
    Known(
        title="Wi-Fi on the wards: connect a clinic tablet",
        summary="Clinic tablets use the network HV-Clinical; the guests' network never reaches patient records.",
        service="Network & Wi-Fi",
        body="""
            1. Choose **HV-Clinical** and sign in with your own account.
            2. Accept the certificate of *wifi.harbour.example*, and of nobody else.
            3. Open the patient records. If they don't load, switch the tablet's Wi-Fi off and on once.
        """,
    ),
    Known(
        title="Laboratory results are missing in the file",
        summary="What the desk looks at before it calls the laboratory's supplier.",
        service="Laboratory",
        public=False,
        body="""
            1. Is the order *released* in the laboratory's system? If not, the laboratory releases it.
            2. Is the interface's queue moving? Messages older than ten minutes mean that it stands still: restart it.
            3. Tell the records team which order was the first to wait.
            4. Only then call the supplier, with the number of the oldest message.
        """,
    ),
)
