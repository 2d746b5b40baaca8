//! What the reader has to know of each language: how comments and texts begin, and its words.

use super::Token;

/// How a text begins and ends.
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// `\` takes the next character in.
    pub(super) escapes: bool,
    /// It may go over lines.
    pub(super) lines: bool,
    /// One character only.
    pub(super) one_character: bool,
}

const fn quote(open: &'static str, close: &'static str, escapes: bool, lines: bool) -> Quote {
    Quote { open, close, escapes, lines, one_character: false }
}

const DOUBLE: Quote = quote("\"", "\"", true, false);
const SINGLE: Quote = quote("'", "'", true, false);
const CHARACTER: Quote = Quote { open: "'", close: "'", escapes: true, lines: false, one_character: true };

/// A language.
pub(super) struct Language {
    names: &'static [&'static str],
    pub(super) lines: &'static [&'static str],
    pub(super) block: Option<(&'static str, &'static str)>,
    pub(super) quotes: &'static [Quote],
    words: &'static str,
    /// Its words are written in any case.
    any_case: bool,
    /// Words that begin with a capital are types, words before `(` are called.
    types: bool,
    /// A text before `:` is a key.
    pub(super) keys: bool,
    /// What a line begins with, before this sign, is a key.
    key_sign: Option<char>,
    /// Words may hold `-`.
    pub(super) dashes: bool,
}

impl Language {
    /// What a word is, given what follows it.
    pub(super) fn token(&self, word: &str, behind: &str, _line_start: bool) -> Option<Token> {
        if let Some(sign) = self.key_sign
            && behind.trim_start_matches([' ', '\t']).starts_with(sign)
        {
            return Some(Token::Name);
        }
        let lower = word.to_ascii_lowercase();
        if matches!(
            if self.any_case { &lower } else { word },
            "true" | "false" | "null" | "None" | "True" | "False" | "nil" | "undefined" | "yes" | "no"
        ) {
            return Some(Token::Number);
        }
        let wanted = if self.any_case { lower.as_str() } else { word };
        if self.words.split(' ').any(|own| own == wanted) {
            return Some(Token::Keyword);
        }
        let is_type = word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
        (self.types && (is_type || behind.starts_with('('))).then_some(Token::Name)
    }
}

/// The language of this name, in lower case.
pub(super) fn find(name: &str) -> Option<&'static Language> {
    ALL.iter().find(|language| language.names.contains(&name))
}

const C_LIKE: Language = Language {
    names: &[],
    lines: &["//"],
    block: Some(("/*", "*/")),
    quotes: &[DOUBLE, SINGLE],
    words: "",
    any_case: false,
    types: true,
    keys: false,
    key_sign: None,
    dashes: false,
};

const ALL: &[Language] = &[
    Language {
        names: &["rust", "rs"],
        quotes: &[
            quote("r#\"", "\"#", false, true),
            quote("b\"", "\"", true, true),
            quote("\"", "\"", true, true),
            CHARACTER,
        ],
        words: "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref \
                return self Self static struct super trait type union unsafe use where while",
        ..C_LIKE
    },
    Language {
        names: &["js", "javascript", "jsx", "mjs", "ts", "typescript", "tsx"],
        quotes: &[quote("`", "`", true, true), DOUBLE, SINGLE],
        words: "abstract as async await break case catch class const continue debugger declare default delete do else enum export \
                extends finally for from function get if implements import in instanceof interface keyof let namespace new of \
                private protected public readonly return satisfies set static super switch this throw try type typeof var void \
                while with yield",
        ..C_LIKE
    },
    Language {
        names: &["go", "golang"],
        quotes: &[quote("`", "`", false, true), DOUBLE, SINGLE],
        words: "break case chan const continue default defer else fallthrough for func go goto if import interface map package range \
                return select struct switch type var",
        ..C_LIKE
    },
    Language {
        names: &["c", "h", "cpp", "c++", "cc", "hpp", "objc"],
        words: "alignas auto bool break case catch char class concept const consteval constexpr continue co_await co_return decltype \
                default delete do double else enum explicit extern final float for friend goto if inline int long mutable namespace \
                new noexcept nullptr operator override private protected public register requires return short signed sizeof static \
                struct switch template this throw try typedef typename union unsigned using virtual void volatile while",
        ..C_LIKE
    },
    Language {
        names: &["java", "kotlin", "kt", "scala", "cs", "csharp", "c#", "swift", "dart"],
        quotes: &[quote("\"\"\"", "\"\"\"", false, true), DOUBLE, SINGLE],
        words: "abstract actor as async await base bool boolean break byte case catch char class companion const constructor continue \
                data def default defer delegate do double else enum event extends extension extern fallthrough final finally fixed \
                float for foreach fun func get goto guard if implements import in init inout int interface internal is lateinit \
                lazy let long match module namespace native new object open operator out override package private protected \
                protocol public readonly record ref required return sealed self set short static string struct super suspend \
                switch synchronized this throw throws trait transient try typealias typeof using val var virtual void volatile \
                when where while with yield",
        ..C_LIKE
    },
    Language {
        names: &["php"],
        lines: &["//", "#"],
        words: "abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty \
                enum extends final finally fn for foreach function global if implements include instanceof interface isset list \
                match namespace new or print private protected public readonly require return static switch throw trait try unset \
                use var while yield",
        ..C_LIKE
    },
    Language {
        names: &["python", "py"],
        lines: &["#"],
        block: None,
        quotes: &[quote("\"\"\"", "\"\"\"", true, true), quote("'''", "'''", true, true), DOUBLE, SINGLE],
        words: "and as assert async await break case class continue def del elif else except finally for from global if import in is \
                lambda match nonlocal not or pass raise return self try while with yield",
        ..C_LIKE
    },
    Language {
        names: &["ruby", "rb", "elixir", "ex"],
        lines: &["#"],
        block: None,
        words: "alias and begin break case class def defmodule defp do else elsif end ensure fn for if in module next not or raise \
                redo require rescue retry return self super then undef unless until when while yield",
        ..C_LIKE
    },
    Language {
        names: &["sh", "bash", "shell", "zsh", "fish", "console"],
        lines: &["#"],
        block: None,
        quotes: &[quote("\"", "\"", true, true), quote("'", "'", false, true)],
        words: "alias case cd do done echo elif else esac eval exec exit export fi for function if in local read return set shift \
                source then trap unset until while sudo",
        types: false,
        dashes: true,
        ..C_LIKE
    },
    Language {
        names: &["sql", "postgres", "sqlite", "mysql"],
        lines: &["--"],
        quotes: &[quote("'", "'", false, true), quote("\"", "\"", false, true)],
        words: "add all alter and any as asc begin between by case cascade check column commit conflict constraint create cross \
                default delete desc distinct do drop else end except exists explain foreign from full grant group having if in \
                index inner insert intersect into is join key left like limit not offset on or order outer over partition primary \
                references returning revoke right rollback row rows select set table then to trigger truncate union unique update \
                using values view when where window with",
        any_case: true,
        types: false,
        ..C_LIKE
    },
    Language { names: &["json", "jsonc", "json5"], quotes: &[DOUBLE], types: false, keys: true, ..C_LIKE },
    Language {
        names: &["yaml", "yml"],
        lines: &["#"],
        block: None,
        types: false,
        key_sign: Some(':'),
        dashes: true,
        ..C_LIKE
    },
    Language {
        names: &["toml", "ini", "conf", "env", "properties", "dockerfile", "docker"],
        lines: &["#", ";"],
        block: None,
        quotes: &[quote("\"\"\"", "\"\"\"", true, true), DOUBLE, quote("'", "'", false, false)],
        words: "FROM RUN CMD COPY ADD ENV ARG WORKDIR EXPOSE ENTRYPOINT USER VOLUME LABEL HEALTHCHECK",
        types: false,
        key_sign: Some('='),
        dashes: true,
        ..C_LIKE
    },
    Language {
        names: &["css", "scss", "less"],
        lines: &[],
        words: "@media @import @layer @supports @keyframes @font-face @container @property important from to and not only",
        types: false,
        key_sign: Some(':'),
        dashes: true,
        ..C_LIKE
    },
    Language {
        names: &["lua"],
        lines: &["--"],
        block: Some(("--[[", "]]")),
        words: "and break do else elseif end for function goto if in local not or repeat return then until while",
        ..C_LIKE
    },
];
