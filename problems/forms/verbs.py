"""Which form each verb has; one that needs no facts has none."""

from problems.forms.analysing import AdoptForm, CauseForm, JudgeForm, RewordForm, StateForm, SupportForm, WithdrawForm
from problems.forms.describing import AssessForm, DescribeForm
from problems.forms.verb import ProblemForm
from problems.forms.working import (
    ApplyForm,
    AppointForm,
    AttachForm,
    LinkForm,
    MergeForm,
    NoteForm,
    ReasonForm,
    ReviewForm,
    TaskForm,
    TickForm,
    UnlinkForm,
    WorkaroundForm,
)
from problems.lifecycle import Verb

FORMS: dict[Verb, type[ProblemForm]] = {
    Verb.ASSESS: AssessForm,
    Verb.APPOINT: AppointForm,
    Verb.DESCRIBE: DescribeForm,
    Verb.STATE: StateForm,
    Verb.REWORD: RewordForm,
    Verb.SUPPORT: SupportForm,
    Verb.WITHDRAW: WithdrawForm,
    Verb.JUDGE: JudgeForm,
    Verb.ADOPT: AdoptForm,
    Verb.ESTABLISH: CauseForm,
    Verb.WORK_AROUND: WorkaroundForm,
    Verb.APPLY: ApplyForm,
    Verb.ACCEPT: ReasonForm,
    Verb.CANCEL: ReasonForm,
    Verb.CLOSE: ReasonForm,
    Verb.REOPEN: ReasonForm,
    Verb.MERGE: MergeForm,
    Verb.LINK: LinkForm,
    Verb.UNLINK: UnlinkForm,
    Verb.NOTE: NoteForm,
    Verb.ATTACH: AttachForm,
    Verb.PLAN: TaskForm,
    Verb.TICK: TickForm,
    Verb.REVIEW: ReviewForm,
}
