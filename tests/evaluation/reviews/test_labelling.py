import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.evaluation.reviews.conftest import EDITOR, GOOD, Labelling
from windlass.access.audit import list_entries
from windlass.errors import Conflict, InputError, NotFound
from windlass.evaluation.reviews.deciding import decide_item, next_dispute
from windlass.evaluation.reviews.items import ReviewItem, find_item, list_items, read_item
from windlass.evaluation.reviews.labelling import LEASE
from windlass.evaluation.reviews.queues import get_queue
from windlass.storage.database import now


def seen(labelling: Labelling, item: str, who: str) -> ReviewItem:
    queue = get_queue(labelling.database, EDITOR.project, labelling.name)
    with labelling.database.read() as tx:
        return read_item(tx, queue, find_item(tx, EDITOR.project, labelling.name, item), who)


def decide(labelling: Labelling, item: str, **answers: Any) -> ReviewItem:
    return decide_item(
        labelling.database, labelling.audit, EDITOR, labelling.name, item, answers, comment="It is so."
    )


def test_everybody_goes_through_the_items_in_order_until_each_has_its_labels(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2)
    first, second = labelling.fill(2)
    assert labelling.next("ada") == first
    labelling.label("ada", first)
    assert labelling.next("ada") == second
    assert labelling.next("bob") == first
    labelling.label("bob", first)
    assert labelling.next("eve") == second
    labelling.label("eve", second)
    labelling.label("ada", second)
    assert [labelling.next(who) for who in ("ada", "bob", "eve")] == [None, None, None]
    progress = get_queue(labelling.database, EDITOR.project, labelling.name).progress
    assert (progress.items, progress.settled, progress.labels) == (2, 2, 4)


def test_who_asks_again_gets_the_same_item_and_nobody_else_gets_its_last_place(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1)
    first, second = labelling.fill(2)
    assert labelling.next("ada") == labelling.next("ada") == first
    assert labelling.next("bob") == second
    assert labelling.next("eve") is None
    with pytest.raises(Conflict, match="has its labels, or others are about to give them"):
        labelling.label("eve", first)


def test_an_item_nobody_labelled_in_time_goes_to_the_next_and_a_late_label_is_kept(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1)
    (only,) = labelling.fill(1)
    start = now()
    assert labelling.next("ada", time=start) == only
    assert labelling.next("bob", time=start + LEASE / 2) is None
    later = start + LEASE + timedelta(seconds=1)
    assert labelling.next("bob", time=later) == only
    assert labelling.next("ada", time=later) is None
    labelling.label("bob", only, time=later)
    late = labelling.label("ada", only, time=later)
    assert late.labels_given == 2
    assert late.state == "settled"


def test_people_who_label_at_once_give_each_item_as_many_labels_as_it_needs(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2)
    ids = labelling.fill(12)
    given: Counter[str] = Counter()
    by_whom: set[tuple[str, str]] = set()
    lock = threading.Lock()
    start = threading.Barrier(5)

    def work(who: str) -> None:
        start.wait()
        while (item := labelling.next(who)) is not None:
            labelling.label(who, item)
            with lock:
                given[item] += 1
                assert (item, who) not in by_whom
                by_whom.add((item, who))

    threads = [threading.Thread(target=work, args=(f"r{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A reviewer who finds the rest taken stops; whoever holds it finishes it.
    assert given == dict.fromkeys(ids, 2)
    progress = get_queue(labelling.database, EDITOR.project, labelling.name).progress
    assert (progress.labels, progress.settled) == (24, 12)


def test_a_skipped_item_is_left_to_others(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1)
    (only,) = labelling.fill(1)
    assert labelling.next("ada") == only
    labelling.skip("ada", only)
    assert labelling.next("ada") is None
    assert labelling.next("bob") == only
    labelling.label("bob", only)
    with pytest.raises(Conflict, match="take the label back before you skip it"):
        labelling.skip("bob", only)


def test_undo_takes_back_the_latest_label_and_keeps_its_answers_as_a_draft(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1)
    first, second = labelling.fill(2)
    labelling.next("ada")
    labelling.label("ada", first, good=False)
    labelling.next("ada")
    labelling.skip("ada", second)

    back = labelling.undo("ada")
    assert back is not None
    assert back.id == second
    back = labelling.undo("ada")
    assert back is not None
    assert back.id == first
    assert back.state == "open"
    assert back.mine is not None
    assert (back.mine.state, back.mine.answers) == ("leased", {"good": False})
    assert labelling.undo("ada") is None
    assert labelling.next("ada") == first
    labelling.label("ada", first, good=True)
    assert labelling.next("ada") == second


def test_a_label_is_changed_by_giving_another_and_the_reference_follows(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2)
    (only,) = labelling.fill(1)
    labelling.label("ada", only, good=True)
    assert labelling.label("bob", only, good=False).state == "disputed"
    changed = labelling.label("bob", only, good=True)
    assert (changed.state, changed.reference, changed.decided_by) == ("settled", {"good": True}, "ada, bob")
    assert changed.labels_given == 2


def test_in_a_blind_queue_nobody_sees_labels_before_their_own(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2, blind=True)
    (only,) = labelling.fill(1)
    labelling.next("bob")
    labelling.label("ada", only, good=True)
    for who in ("bob", "eve", EDITOR.id):
        assert seen(labelling, only, who).labels is None
        assert seen(labelling, only, who).labels_given == 1
    queue = get_queue(labelling.database, EDITOR.project, labelling.name)
    (listed,) = list_items(labelling.database, EDITOR.project, queue, "eve").items
    assert listed.labels is None

    labels = labelling.label("bob", only, good=True).labels
    assert labels is not None
    assert [(label.reviewer, label.answers) for label in labels] == [
        ("ada", {"good": True}),
        ("bob", {"good": True}),
    ]
    assert seen(labelling, only, "eve").reference == {"good": True}


def test_who_holds_an_item_sees_nothing_of_it_even_when_others_finished_it(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1, blind=True)
    (only,) = labelling.fill(1)
    start = now() - 2 * LEASE
    labelling.next("ada", time=start)
    labelling.next("bob")
    labelling.label("bob", only)
    mine = seen(labelling, only, "ada")
    assert (mine.labels, mine.reference, mine.decided_by) == (None, None, None)
    assert labelling.label("ada", only, good=False).state == "disputed"


def test_who_skipped_and_looked_cannot_take_the_skip_back(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1, blind=True)
    (only,) = labelling.fill(1)
    labelling.next("ada")
    labelling.skip("ada", only)
    labelling.label("bob", only)
    assert seen(labelling, only, "ada").labels
    assert labelling.undo("ada") is None
    with pytest.raises(Conflict, match="has its labels"):
        labelling.label("ada", only)


def test_in_an_open_queue_everybody_sees_everything(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2, blind=False)
    (only,) = labelling.fill(1)
    labelling.label("ada", only)
    labels = seen(labelling, only, "bob").labels
    assert labels is not None
    assert [label.reviewer for label in labels] == ["ada"]


def test_the_audit_chain_says_who_labelled_what_without_the_answers(labelling: Labelling) -> None:
    labelling.save()
    (only,) = labelling.fill(1)
    labelling.label("ada", only)
    newest = list_entries(labelling.database, EDITOR.project, limit=1)[0]
    assert (newest.principal, newest.action, newest.resource) == ("ada", "review:label", "review/answers")
    assert (newest.details, newest.before, newest.after) == ({"item": only}, None, None)


def test_what_labels_differ_on_is_decided_by_somebody_who_sees_them_all(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2, blind=True)
    first, second = labelling.fill(2)
    for item in (first, second):
        labelling.label("ada", item, good=True)
    with pytest.raises(Conflict, match="has 1 of 2 labels"):
        decide(labelling, first, good=True)
    labelling.label("bob", first, good=False)
    labelling.label("bob", second, good=True)
    with pytest.raises(Conflict, match="nothing to decide"):
        decide(labelling, second, good=True)

    dispute = next_dispute(labelling.database, EDITOR, labelling.name)
    assert dispute is not None
    assert dispute.labels is not None
    assert [label.answers for label in dispute.labels] == [{"good": True}, {"good": False}]
    decided = decide(labelling, first, good=False)
    assert (decided.state, decided.reference, decided.adjudicated) == ("settled", {"good": False}, True)
    assert (decided.decided_by, decided.comment) == ("ed", "It is so.")
    assert next_dispute(labelling.database, EDITOR, labelling.name) is None


def test_a_decision_stands_until_another_is_made(labelling: Labelling) -> None:
    labelling.save(labels_per_item=2)
    (only,) = labelling.fill(1)
    labelling.label("ada", only, good=True)
    labelling.label("bob", only, good=False)
    decide(labelling, only, good=False)
    with pytest.raises(Conflict, match="ed decided this item"):
        labelling.label("ada", only, good=False)
    assert labelling.undo("ada") is None
    assert decide(labelling, only, good=True).reference == {"good": True}


def test_more_labels_asked_for_open_items_again(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1)
    (only,) = labelling.fill(1)
    assert labelling.label("ada", only).state == "settled"
    labelling.save(labels_per_item=2)
    assert seen(labelling, only, "ada").state == "open"
    assert labelling.next("bob") == only


def test_questions_that_were_answered_do_not_change(labelling: Labelling) -> None:
    labelling.save(expected=0)
    (only,) = labelling.fill(1)
    labelling.save(questions=[GOOD, {"name": "why", "type": "text"}], expected=1)
    labelling.label("ada", only, good=True, why="Because.")
    with pytest.raises(Conflict, match="answered by 1 labels already"):
        labelling.save()
    labelling.save(questions=labelling_questions(labelling), guidelines="Be kind.")
    with pytest.raises(Conflict, match="is at revision 3, not 2"):
        labelling.save(guidelines="Be just.", expected=2)
    with pytest.raises(Conflict, match="There is a review queue 'answers' already"):
        labelling.save(expected=0)


def labelling_questions(labelling: Labelling) -> list[dict[str, Any]]:
    queue = get_queue(labelling.database, EDITOR.project, labelling.name)
    return [question.model_dump() for question in queue.questions]


def test_answers_that_do_not_fit_leave_no_label(labelling: Labelling) -> None:
    labelling.save()
    (only,) = labelling.fill(1)
    with pytest.raises(InputError, match="'good' is true or false, not 1"):
        labelling.label("ada", only, good=1)
    with pytest.raises(NotFound, match="no item 'item-9'"):
        labelling.label("ada", "item-9")
    assert get_queue(labelling.database, EDITOR.project, labelling.name).progress.labels == 0
