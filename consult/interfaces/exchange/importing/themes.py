"""Storing the themes that a file brings along, and what became of them after the round."""

from collections.abc import Sequence

from consult.consultation.plans.models import Plan, Theme
from consult.consultation.theme_rounds.models import ThemeChange
from consult.foundation.core.db import db
from consult.foundation.core.series import next_number
from consult.foundation.core.slugs import free_slug, slug_of
from consult.foundation.record.services import record
from consult.interfaces.exchange.bulk import insert_rows, take_ids
from consult.interfaces.exchange.format.lines import ThemeChangeLine, ThemeLine, by_language
from consult.interfaces.exchange.importing.organisations import LONGEST_SLUG
from consult.interfaces.exchange.importing.promotion import Importer, StoredLines
from consult.interfaces.exchange.reading.staged import Pending


class Themes(Importer):
    """Themes; proposals that come after them name them by the id of their line."""

    kind = "theme"

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Find each theme in the plan, by its address or a title, or make it at the end."""
        plan = db.session.get_one(Plan, self.to.plan_id)
        ids = []
        for pending in batch:
            if isinstance(pending.line, ThemeLine):
                ids.append(self._known(pending.line) or self._make(plan, pending.line))
                self.to.themes[pending.line.id] = ids[-1]
        return self.trace(batch, ids)

    def _known(self, line: ThemeLine) -> int | None:
        names = (line.id, *by_language(line.title, self.to.language).values())
        known = {name.casefold(): theme_id for name, theme_id in self.to.themes.items()}
        return next((known[one.casefold()] for one in names if one.casefold() in known), None)

    def _make(self, plan: Plan, line: ThemeLine) -> int:
        title = by_language(line.title, self.to.language)
        # An id that says what it is about is a good address; a number is not.
        readable = slug_of(line.id, LONGEST_SLUG) == line.id and not line.id.isdigit()
        wanted = line.id if readable else slug_of(next(iter(title.values())), LONGEST_SLUG)
        slug = free_slug(Theme.slug, wanted or "theme", Theme.plan_id == plan.id)
        place = next_number(Theme.position, within=plan)
        theme = Theme(slug=slug, position=place, title=title)
        plan.themes.append(theme)
        db.session.flush()
        self.to.themes.update(dict.fromkeys([slug, *title.values()], theme.id))
        content = {"slug": slug, "title": title}
        record(self.to.actor, "theme.added", theme, self.to.now, content=content, plan_id=plan.id)
        return theme.id


class ThemeChanges(Importer):
    """What became of the themes: told with the round. The themes of the plan stay as they are."""

    kind = "theme_change"

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store changes of themes."""
        ids = take_ids(ThemeChange, len(batch))
        rows = [
            {
                "id": local,
                "round_id": self.to.round_id,
                "proposal_id": p.proposal,
                "theme_id": self.to.themes[p.line.theme],
                "was": by_language(p.line.was, self.to.language),
                "becomes": by_language(p.line.becomes, self.to.language),
                "reason": p.line.reason,
                "changed_at": p.line.created_at,
            }
            for p, local in zip(batch, ids, strict=True)
            if isinstance(p.line, ThemeChangeLine)
        ]
        insert_rows(ThemeChange, rows)
        self.record(
            [
                self.imported("theme_change", p, local, p.line.reason, ((ThemeChange, local),))
                for p, local in zip(batch, ids, strict=True)
                if isinstance(p.line, ThemeChangeLine)
            ]
        )
        return self.trace(batch, ids)
