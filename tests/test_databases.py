"""What a test leaves behind in its database, the next one does not find."""

import psycopg
import pytest

from tests.databases import Databases

pytestmark = pytest.mark.postgresql

LEAVES = {
    "a row": "UPDATE person SET display_name = 'Nobody'",
    "a table": "CREATE TABLE left_behind (id int)",
    "a column": "ALTER TABLE person ADD COLUMN left_behind int",
    "no column": "ALTER TABLE person DROP COLUMN display_name",
    "no trigger": "ALTER TABLE event DISABLE TRIGGER ALL",
    "no constraint": "ALTER TABLE person DROP CONSTRAINT pk_person CASCADE",
}
IS_AS_BEFORE = """
SELECT to_regclass('public.left_behind') IS NULL
  AND (SELECT count(*) FROM person WHERE display_name = 'Nobody') = 0
  AND (SELECT count(*) FROM information_schema.columns WHERE column_name = 'left_behind') = 0
  AND (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D') = 0
  AND (SELECT count(*) FROM pg_constraint WHERE conname = 'pk_person') = 1
"""


@pytest.mark.parametrize("what", LEAVES)
def test_it_is_put_back(databases: Databases, template: str, what: str) -> None:
    databases.set_stage(template, "rehearsal")
    url = databases.url("rehearsal").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute(LEAVES[what].encode())
    databases.set_stage(template, "rehearsal")
    with psycopg.connect(url) as connection:
        assert connection.execute(IS_AS_BEFORE).fetchone() == (True,)
