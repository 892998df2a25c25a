from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rich import SCHEMES, TAGS, Node, Tree, parse, plain


def p(*children: Node | str) -> Node:
    return Node("p", children)


def a(url: str, text: str = "") -> Node:
    return Node("a", (text or url,), (("href", url),))


def walk(tree: Tree) -> Iterator[Node | str]:
    for node in tree:
        yield node
        if isinstance(node, Node):
            yield from walk(node.children)


def words(tree: Tree) -> str:
    return "".join(node for node in walk(tree) if isinstance(node, str))


def held(tree: Tree) -> str:
    """Return all that is in a tree: what is read, and what its attributes say."""
    return words(tree) + "".join(value for node in walk(tree) if isinstance(node, Node) for _, value in node.attributes)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("**bold** and _italic_", (p(Node("strong", ("bold",)), " and ", Node("em", ("italic",))),)),
        ("~~not~~ `code`", (p(Node("s", ("not",)), " ", Node("code", ("code",))),)),
        ("> quoted\n> twice", (Node("blockquote", (p("quoted\ntwice"),)),)),
        ("- a\n- b", (Node("ul", (Node("li", (p("a"),)), Node("li", (p("b"),)))),)),
        ("[here](https://a.b)", (p(a("https://a.b", "here")),)),
        ("```py\nx = 1\n\n  y\n```", (Node("pre", (Node("code", ("x = 1\n\n  y",)),), (("data-language", "py"),)),)),
        ("```\n**x**\n```", (Node("pre", (Node("code", ("**x**",)),)),)),
        ("one **a**\n\ntwo", (p("one ", Node("strong", ("a",))), p("two"))),
    ],
)
def test_what_people_mark_is_marked(text: str, tree: Tree) -> None:
    assert parse(text) == tree


def test_the_items_of_a_list_keep_their_numbers() -> None:
    (found,) = parse("5. five\n7. seven")
    assert isinstance(found, Node)
    assert [item.attributes for item in found.children if isinstance(item, Node)] == [
        (("value", "5"),),
        (("value", "7"),),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "---",
        "a\n===",
        "[foo]: bar",
        "&amp; &lt; &#65;",
        "<b>x</b> <script>alert(1)</script>",
        "snake_case_name, 2 * 3 * 4, a*b",
        r"C:\dir\_x and \\server\share and ¯\_(ツ)_/¯",
        "    indented\n  like this",
        "two  blanks  \nat the end of a line",
        "1986 was a year",
        "\u05de\u05d4 \u05e9\u05dc\u05d5\u05de\u05da (a) \u200f!",
        "é ñ 👨‍👩‍👧‍👦 🏳️‍🌈",
        "https://",
        "me@home.example",
    ],
)
def test_what_means_nothing_is_shown_as_typed(text: str) -> None:
    assert [node for node in walk(parse(text)) if isinstance(node, Node) and node.tag != "p"] == []
    assert words(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://a.b/c.", "https://a.b/c"),
        ("(https://a.b/c)", "https://a.b/c"),
        ("https://a.b/c_(d), no", "https://a.b/c_(d)"),
        ("https://a.b/_c_/d_e", "https://a.b/_c_/d_e"),
        ("**https://a.b**", "https://a.b"),
        ("HTTPS://A.B?q=1&copy=2#x", "HTTPS://A.B?q=1&copy=2#x"),
    ],
)
def test_an_address_is_a_link_and_the_sentence_around_it_is_not(text: str, url: str) -> None:
    assert a(url) in list(walk(parse(text)))
    assert words(parse(text)) == text.replace("**", "")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "//a.b", "/api/logout", ""])
def test_a_link_leads_nowhere_else(url: str) -> None:
    text = f"[x]({url})"
    assert parse(text) == (text,)


@pytest.mark.parametrize("text", [r"\*not\*", r"\`not\`", r"\~~not\~~", r"\[not](https://a.b)"])
def test_a_backslash_takes_the_meaning_away(text: str) -> None:
    assert {node.tag for node in walk(parse(text)) if isinstance(node, Node)} <= {"p", "a"}
    assert words(parse(text)) == text.replace("\\", "")


def test_only_the_names_of_people_are_mentions() -> None:
    people = {"Ann": "1", "Ann Lee": "2"}
    tree = parse("@Ann, @Ann Lee! @Anna x@Ann.example @nobody", people.get)
    assert [node for node in walk(tree) if isinstance(node, Node) and node.tag == "span"] == [
        Node("span", ("@Ann",), (("data-person", "1"),)),
        Node("span", ("@Ann Lee",), (("data-person", "2"),)),
    ]
    assert words(tree) == "@Ann, @Ann Lee! @Anna x@Ann.example @nobody"


def test_no_mention_stands_in_code_or_in_a_link() -> None:
    tree = parse("`@Ann` [@Ann](https://a.b)", {"Ann": "1"}.get)
    assert "span" not in {node.tag for node in walk(tree) if isinstance(node, Node)}


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=80)
marked = st.lists(
    st.sampled_from(
        [*"*_~`>-+#[]()!<&\\@:.\n \t1x", "```", "~~~", "**", "\n\n", "https://a.b", "http", "[a](", "* ", "é"]
    ),
    max_size=30,
).map("".join)


@given(anything | marked)
def test_nothing_but_the_known_elements_and_schemes_comes_out(text: str) -> None:
    for node in walk(parse(text, {"x": "1"}.get)):
        if isinstance(node, Node):
            assert node.tag in TAGS
            assert all(name != "href" or value.lower().startswith(SCHEMES) for name, value in node.attributes)
            assert {name for name, _ in node.attributes} <= {"href", "title", "value", "data-language", "data-person"}


@given(anything | marked)
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    def letters(string: str) -> Counter[str]:
        return Counter(char for char in string if char.isalnum())

    assert not letters(text) - letters(held(parse(text)))


@given(st.text(st.characters(categories=["L", "N", "M", "So", "Zs"]), max_size=80).filter(lambda text: "`" not in text))
def test_without_marks_a_text_is_shown_to_the_letter(text: str) -> None:
    assert parse(text) == (text,)


@given(anything | marked)
def test_it_is_parsed_the_same_every_time(text: str) -> None:
    assert parse(text) == parse(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("**bold** and `code`, snake_case, 2 * 3 * 4", "bold and code, snake_case, 2 * 3 * 4"),
        ("one\n\ntwo\nthree", "one two three"),
        ("- a\n- b", "a b"),
        ("see:\n```python\nx = 1\n```", "see: x = 1"),
        ("> said\n\n@Ada https://example.org", "said @Ada https://example.org"),
    ],
)
def test_on_one_line_a_text_has_its_words_and_no_marks(text: str, line: str) -> None:
    assert plain(text) == line
