//! What people type and what they mean.
#![allow(clippy::unwrap_used)]

use super::Inline::{Bold, Break, Code, Emoji, Italic, Link, Mention, Spoiler, Strike};
use super::*;

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn line(source: &str) -> Vec<Inline> {
    let mut blocks = parse(source, &|name| ["bob", "anna.k", "Борис"].contains(&name));
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    match blocks.remove(0) {
        Block::Paragraph(pieces) => pieces,
        other => panic!("not a paragraph: {other:?}"),
    }
}

fn link(href: &str) -> Inline {
    Link { href: href.to_owned(), words: vec![text(href)] }
}

#[test]
fn each_mark_styles_what_it_encloses() {
    assert_eq!(line("**да**"), [Bold(vec![text("да")])]);
    assert_eq!(line("*да* _нет_"), [Italic(vec![text("да")]), text(" "), Italic(vec![text("нет")])]);
    assert_eq!(line("~~no~~"), [Strike(vec![text("no")])]);
    assert_eq!(line("||boo||"), [Spoiler(vec![text("boo")])]);
    assert_eq!(line("`a*b*`"), [Code("a*b*".into())]);
}

#[test]
fn marks_nest() {
    assert_eq!(line("**a *b* c**"), [Bold(vec![text("a "), Italic(vec![text("b")]), text(" c")])]);
    assert_eq!(line("***x***"), [Bold(vec![Italic(vec![text("x")])])]);
    assert_eq!(line("~~**x**~~"), [Strike(vec![Bold(vec![text("x")])])]);
}

#[test]
fn sums_and_names_in_code_are_left_alone() {
    assert_eq!(line("2*3*4 = 24"), [text("2*3*4 = 24")]);
    assert_eq!(line("snake_case_name"), [text("snake_case_name")]);
    assert_eq!(line("a ** b"), [text("a ** b")]);
    assert_eq!(line("a || b"), [text("a || b")]);
    assert_eq!(line("**not closed"), [text("**not closed")]);
    assert_eq!(line("*"), [text("*")]);
}

#[test]
fn a_backslash_takes_a_mark_literally() {
    assert_eq!(line(r"\*no\*"), [text("*no*")]);
    assert_eq!(line(r"C:\dir"), [text(r"C:\dir")]);
}

#[test]
fn line_breaks_are_kept_and_empty_lines_part_paragraphs() {
    assert_eq!(line("a\nb"), [text("a"), Break, text("b")]);
    assert_eq!(parse("a\n\n\nb", &|_| false).len(), 2);
    assert!(parse("  \n", &|_| false).is_empty());
}

#[test]
fn bare_links_end_before_the_punctuation_of_the_sentence() {
    assert_eq!(line("see https://a.b/c."), [text("see "), link("https://a.b/c"), text(".")]);
    assert_eq!(line("(http://a.b/x)"), [text("("), link("http://a.b/x"), text(")")]);
    assert_eq!(
        line("https://ru.wikipedia.org/wiki/Ёж_(значения)"),
        [link("https://ru.wikipedia.org/wiki/Ёж_(значения)")]
    );
    assert_eq!(line("«https://a.b»"), [text("«"), link("https://a.b"), text("»")]);
    assert_eq!(line("xhttps://a.b"), [text("xhttps://a.b")]);
    assert_eq!(line("https://"), [text("https://")]);
}

#[test]
fn only_safe_addresses_become_links() {
    assert_eq!(line("[a](https://b.c)"), [Link { href: "https://b.c".into(), words: vec![text("a")] }]);
    assert_eq!(line("[a](javascript:alert(1))"), [text("[a](javascript:alert(1))")]);
    assert_eq!(line("[a](data:text/html,x)"), [text("[a](data:text/html,x)")]);
    for bad in
        ["javascript:x", "JaVaScRiPt:x", " https://a", "//a.b", "file:///etc", "https://", "https://a\nb", "vbscript:x"]
    {
        assert!(!is_safe_link(bad), "{bad}");
    }
    assert!(is_safe_link("HTTPS://A.B") && is_safe_link("mailto:a@b.c"));
}

#[test]
fn a_link_holds_no_link() {
    let pieces = line("[see https://evil.x](https://good.y)");
    assert_eq!(pieces, [Link { href: "https://good.y".into(), words: vec![text("see "), text("https://evil.x")] }]);
}

#[test]
fn only_people_who_are_mentioned_become_mentions() {
    assert_eq!(line("@bob, да"), [Mention("bob".into()), text(", да")]);
    assert_eq!(line("@Борис"), [Mention("Борис".into())]);
    assert_eq!(line("(@anna.k.)"), [text("("), Mention("anna.k".into()), text(".)")]);
    assert_eq!(line("me@bob @eve"), [text("me@bob @eve")]);
}

#[test]
fn fences_keep_their_text_as_it_is() {
    let blocks = parse("a\n```Rust\nlet *x* = 1;\n\n  y\n```\nb", &|_| false);
    assert_eq!(blocks[1], Block::Code { language: "rust".into(), text: "let *x* = 1;\n\n  y".into() });
    assert_eq!(blocks.len(), 3);
    assert_eq!(parse("```\nopen", &|_| false), [Block::Code { language: String::new(), text: "open".into() }]);
    assert_eq!(parse("```one```", &|_| false), [Block::Code { language: String::new(), text: "one".into() }]);
}

#[test]
fn quotes_and_lists_hold_formatting() {
    let blocks = parse("> **a**\n> > b\nc", &|_| false);
    assert_eq!(
        blocks[0],
        Block::Quote(vec![
            Block::Paragraph(vec![Bold(vec![text("a")])]),
            Block::Quote(vec![Block::Paragraph(vec![text("b")])])
        ])
    );
    assert_eq!(
        parse("- a\n- *b*\n  c\n1. d", &|_| false),
        [
            Block::List { start: None, items: vec![vec![text("a")], vec![Italic(vec![text("b")]), Break, text("c")]] },
            Block::List { start: Some(1), items: vec![vec![text("d")]] }
        ]
    );
    assert_eq!(line("-5 degrees"), [text("-5 degrees")]);
}

#[test]
fn hostile_texts_neither_hang_nor_overflow() {
    let started = std::time::Instant::now();
    for piece in ["*", "**", "_a", "[", "`", "||", "> ", "~~a", "***a", "@", "[a](", "`a``", "- ", "\\"] {
        _ = parse(&piece.repeat(32 * 1024 / piece.len()), &|_| false);
    }
    assert!(started.elapsed().as_secs() < 10, "took {:?}", started.elapsed());
}

#[test]
fn plain_text_is_one_line_without_marks_and_without_spoilers() {
    assert_eq!(plain_text("**a** `b`\n> c ||d||"), "a b c …");
    assert_eq!(plain_text("[w](https://x.y) @bob"), "w @bob");
}

#[test]
fn a_few_emoji_alone_are_large() {
    for large in ["👍", "🎉🎉", "👩‍👩‍👧 ❤️", "🇷🇺", "👍🏽"] {
        assert!(is_only_emoji(large), "{large}");
    }
    for small in ["", "ok", "👍 да", "😀😀😀😀", "1"] {
        assert!(!is_only_emoji(small), "{small}");
    }
}

#[test]
fn a_name_between_colons_may_be_an_emoji_and_a_clock_is_none() {
    assert_eq!(line("ура :party_cat:!"), [text("ура "), Emoji("party_cat".to_owned()), text("!")]);
    assert_eq!(line(":котик:"), [Emoji("котик".to_owned())]);
    for plain in ["10:30:45", "a:b:c", "::", ":Big:", ": cat :", "http:cat:"] {
        assert_eq!(line(plain), [text(plain)], "{plain}");
    }
    assert_eq!(plain_text("ура :party_cat:"), "ура :party_cat:");
}

#[test]
fn the_links_of_a_text_come_in_order_with_their_words_and_no_unsafe_ones() {
    let text = "**[смета](https://a.example/1)** и https://b.example.\n> - [злая](javascript:alert(1))\n> https://c.example/x\n\n`https://code.example`";
    let links = links_of(text);
    let of = |href: &str, words: &str| (href.to_owned(), words.to_owned());
    assert_eq!(
        links,
        [
            of("https://a.example/1", "смета"),
            of("https://b.example", "https://b.example"),
            of("https://c.example/x", "https://c.example/x"),
        ]
    );
}

#[test]
fn a_chat_that_one_knows_is_named_by_its_title() {
    let known = |name: &str| matches!(name, "#general" | "#Планы на год");
    let pieces = |source: &str| match parse(source, &known).remove(0) {
        Block::Paragraph(pieces) => pieces,
        other => panic!("{other:?}"),
    };
    let chat = |title: &str| Inline::Chat(title.to_owned());
    assert_eq!(pieces("#general, да"), [chat("general"), text(", да")]);
    assert_eq!(pieces("см. #[Планы на год]!"), [text("см. "), chat("Планы на год"), text("!")]);
    for plain in ["#other", "C#general", "##general", "#[Планы", "# general", "#[]"] {
        assert_eq!(pieces(plain), [text(plain)], "{plain}");
    }
}
