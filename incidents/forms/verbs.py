"""Which form each verb has; one that needs no facts has none."""

from incidents.forms.assigning import AssignForm, RouteForm
from incidents.forms.classifying import ClassifyForm, OverrideForm
from incidents.forms.confirming import ContestForm, WithdrawForm
from incidents.forms.investigating import ConcludeForm, DiagnoseForm, ReferForm, SuspectForm
from incidents.forms.involving import InvolveForm, ReleaseForm
from incidents.forms.verb import VerbForm
from incidents.forms.working import CancelForm, CloseForm, HoldForm, ReopenForm, ResolveForm
from incidents.lifecycle import Verb

FORMS: dict[Verb, type[VerbForm]] = {
    Verb.ASSIGN: AssignForm,
    Verb.ROUTE: RouteForm,
    Verb.CLASSIFY: ClassifyForm,
    Verb.OVERRIDE: OverrideForm,
    Verb.HOLD: HoldForm,
    Verb.RESOLVE: ResolveForm,
    Verb.REOPEN: ReopenForm,
    Verb.CLOSE: CloseForm,
    Verb.CANCEL: CancelForm,
    Verb.SUSPECT: SuspectForm,
    Verb.CONCLUDE: ConcludeForm,
    Verb.DIAGNOSE: DiagnoseForm,
    Verb.REFER: ReferForm,
    Verb.INVOLVE: InvolveForm,
    Verb.RELEASE: ReleaseForm,
    Verb.WITHDRAW: WithdrawForm,
    Verb.CONTEST: ContestForm,
}
