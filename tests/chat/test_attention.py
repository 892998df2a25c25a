from chat.attention import PATIENCE, Attention


def test_one_is_away_once_the_page_was_not_touched_for_a_while() -> None:
    attention = Attention(0.0)
    attention.touch(10.0)
    assert not attention.away(PATIENCE)
    assert attention.away(10.0 + PATIENCE)
    attention.touch(500.0)
    assert attention.due == 500.0 + PATIENCE


def test_a_hidden_page_is_not_touched_and_one_is_back_when_it_is_shown() -> None:
    attention = Attention(0.0)
    attention.show(100.0, shown=False)
    attention.touch(200.0)
    assert attention.away(100.0 + PATIENCE)
    attention.show(400.0, shown=True)
    assert not attention.away(400.0)
