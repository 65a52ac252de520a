"""For administrators: the log of incidents, and the log of the retention job."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor, csv_download
from consult.foundation.personal_data.retention import rules
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.privacy.forms import IncidentForm
from consult.people.privacy.incidents import (
    Deadline,
    add_version,
    as_csv,
    get_incident,
    note_incident,
)
from consult.people.privacy.incidents import incidents as all_incidents
from consult.people.privacy.queries import retention_log
from consult.people.privacy.retention import due_now, how_long

routes = Routes()


@routes.get("/incidents")
@requires(Action.INCIDENT_KEEP)
def incidents() -> Answer:
    """List the incidents, with the time that is left to report them."""
    ensure(actor(), Action.INCIDENT_KEEP, None, now())
    found = [(one, Deadline.of(one.latest, now())) for one in all_incidents()]
    return render_template("privacy/incidents.html", incidents=found)


@routes.route("/incidents/new", methods=["GET", "POST"])
@requires(Action.INCIDENT_KEEP)
def new_incident() -> Answer:
    """Note an incident."""
    ensure(actor(), Action.INCIDENT_KEEP, None, now())
    form = IncidentForm()

    def act() -> Done:
        made = note_incident(actor(), form.text, now())
        return Done(
            url_for("privacy.incident", incident_id=made.public_id), _("The incident is noted.")
        )

    return carry_out(form, act) or form_page("privacy/new_incident.html", form)


@routes.route("/incidents/<uuid:incident_id>", methods=["GET", "POST"])
@requires(Action.INCIDENT_KEEP)
def incident(incident_id: object) -> Answer:
    """Show an incident with every version of its entry, and add what is known now."""
    ensure(actor(), Action.INCIDENT_KEEP, None, now())
    found, form = get_incident(str(incident_id)), IncidentForm()
    if not form.is_submitted():
        form.show(found.latest)

    def act() -> Done:
        add_version(actor(), found, form.text, version_of(form), now())
        return Done(
            url_for("privacy.incident", incident_id=found.public_id),
            _("A version is added. What was written before stays."),
        )

    if answer := carry_out(form, act):
        return answer
    deadline = Deadline.of(found.latest, now())
    page = render_template("privacy/incident.html", incident=found, form=form, deadline=deadline)
    return (page, 422) if form.is_submitted() else page


@routes.get("/incidents.csv")
@requires(Action.INCIDENT_KEEP)
def incidents_csv() -> Answer:
    """Return the whole log of incidents as CSV."""
    ensure(actor(), Action.INCIDENT_KEEP, None, now())
    return csv_download(as_csv(), "incidents.csv")


@routes.get("/retention")
@requires(Action.RETENTION_READ)
def retention() -> Answer:
    """Show the table of periods, what waits for the job, and what it did."""
    ensure(actor(), Action.RETENTION_READ, None, now())
    waiting = {rule.kind: number for rule, number in due_now(now())}
    return render_template(
        "privacy/retention.html",
        rules=rules(),
        waiting=waiting,
        named={rule.kind: rule.what for rule in rules()},
        page=retention_log(request.args.get("cursor")),
        how_long=how_long,
    )
