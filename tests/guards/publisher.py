"""Who speaks here: what is shown of it, and what a picture may do."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "A logo with a script in it is refused",
        within="_clean",
        old="if name.localname not in _DRAWS:",
        new="if False:",
        tests=(
            "test_what_does_more_than_draw_is_refused",
            "test_a_logo_that_acts_is_refused_and_nothing_is_stored",
        ),
    ),
    Guard(
        "A logo leads nowhere",
        within="_check_attribute",
        old='elif name.localname == "href" and not value.strip().startswith("#"):',
        new="elif False:",
        tests=("test_what_does_more_than_draw_is_refused",),
    ),
    Guard(
        "A logo has no attributes that act",
        within="_check_attribute",
        old='elif name.localname.lower().startswith("on"):',
        new="elif False:",
        tests=("test_what_does_more_than_draw_is_refused",),
    ),
    Guard(
        "A colour that cannot be read is refused",
        within="unreadable",
        old="if ratio < READABLE:",
        new="if False:",
        tests=(
            "test_a_colour_that_cannot_be_read_is_refused_with_its_contrast",
            "test_what_is_taken_can_be_read_everywhere",
        ),
    ),
    Guard(
        "A page asks nothing to say who speaks here",
        within="_Remembered.is_fresh",
        old="return abs(at - self.read_at) < KEPT",
        new="return False",
        tests=("test_a_page_asks_nothing_and_another_node_follows_within_seconds",),
    ),
    Guard(
        "What the process remembers of the publisher goes when it changes",
        within="change_publisher",
        old="forget_after_commit()",
        new="pass",
        tests=("test_the_administrator_says_who_speaks_here",),
    ),
    Guard(
        "A stale text about the publisher takes the place of none",
        within="change_publisher",
        old="refuse_stale(version, known.version if known else 0, publisher_fields(text), stored)",
        new="pass",
        tests=("test_a_save_on_an_old_text_shows_both",),
    ),
    Guard(
        "A document names the publisher of now",
        within="letterhead",
        old="shown = shown or read_publisher()",
        new="shown = ShownPublisher()",
        tests=("test_documents_name_the_publisher_and_are_made_anew_when_it_changes",),
    ),
    Guard(
        "A public page says what it is about",
        within="layouts/base.html",
        old="{%- set description %}{% block description %}{% endblock %}{% endset %}",
        new='{%- set description = "" %}',
        tests=("test_for_everybody_on_an_empty_world",),
    ),
)
