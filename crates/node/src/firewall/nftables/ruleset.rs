//! Reads what `nft list ruleset` prints, and files that are written alike.
//!
//! Only the structure is understood here: tables, chains, rules as words. Much
//! more can be written than this knows; what is not known is left as it is.

use std::{iter::Peekable, str::Chars};

#[derive(Debug, Default)]
pub(super) struct Ruleset {
    chains: Vec<Chain>,
    partial: bool,
}

#[derive(Debug)]
pub(super) struct Chain {
    pub(super) family: String,
    pub(super) table: String,
    pub(super) name: String,
    /// What comes in for this machine passes here.
    is_entrance: bool,
    /// What passes every rule of an entrance is dropped.
    pub(super) drops_the_rest: bool,
    pub(super) rules: Vec<Rule>,
}

pub(super) type Rule = Vec<Term>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    Word(String),
    /// What stands in braces.
    Set(Vec<String>),
}

impl Ruleset {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader(Tokens(text.chars().peekable()).peekable());
        let mut rules = Self::default();
        while let Some(statement) = reader.statement() {
            rules.partial |= statement
                .words
                .first()
                .is_some_and(|word| word == "include");
            if !statement.has_body {
                continue;
            }
            match statement
                .words
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()[..]
            {
                ["table", family, name] => reader.table(family, name, &mut rules.chains),
                ["table", name] => reader.table("ip", name, &mut rules.chains),
                _ => reader.skip_body(),
            }
        }
        rules
    }

    /// Parts of it lie where they were not read.
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    /// Where IPv4 comes in.
    pub(super) fn entrances(&self) -> impl Iterator<Item = &Chain> {
        self.chains
            .iter()
            .filter(|chain| chain.is_entrance && matches!(&*chain.family, "ip" | "inet"))
    }

    pub(super) fn beside(&self, chain: &Chain, name: &str) -> Option<&Chain> {
        self.chains.iter().find(|other| {
            (&other.family, &other.table, &*other.name) == (&chain.family, &chain.table, name)
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Open,
    Close,
    /// Of a line or a statement.
    End,
}

struct Tokens<'text>(Peekable<Chars<'text>>);

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            match self.0.next()? {
                '\n' | ';' => return Some(Token::End),
                '{' => return Some(Token::Open),
                '}' => return Some(Token::Close),
                '#' => while self.0.next_if(|char| *char != '\n').is_some() {},
                '"' => return Some(Token::Word(self.quoted())),
                char if is_between(char) => {}
                char => return Some(Token::Word(self.word(char))),
            }
        }
    }
}

impl Tokens<'_> {
    fn quoted(&mut self) -> String {
        self.0.by_ref().take_while(|char| *char != '"').collect()
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        let goes_on = |char: &char| !is_between(*char) && !"\n;{}#\"".contains(*char);
        while let Some(char) = self.0.next_if(goes_on) {
            word.push(char);
        }
        word
    }
}

fn is_between(char: char) -> bool {
    char.is_whitespace() && char != '\n'
}

struct Reader<'text>(Peekable<Tokens<'text>>);

/// Words up to the end of a line, or up to a body in braces.
struct Statement {
    words: Vec<String>,
    has_body: bool,
}

impl Reader<'_> {
    /// None at the end of the text or of the body around.
    fn statement(&mut self) -> Option<Statement> {
        let mut words = Vec::new();
        loop {
            let has_body = match self.0.next() {
                Some(Token::Word(word)) => {
                    words.push(word);
                    continue;
                }
                Some(Token::Open) => true,
                Some(Token::End) if words.is_empty() => continue,
                Some(Token::End) => false,
                Some(Token::Close) | None => return None,
            };
            return Some(Statement { words, has_body });
        }
    }

    fn skip_body(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.0.next() {
                Some(Token::Open) => depth += 1,
                Some(Token::Close) => depth -= 1,
                Some(Token::Word(_) | Token::End) => {}
                None => return,
            }
        }
    }

    fn table(&mut self, family: &str, table: &str, chains: &mut Vec<Chain>) {
        while let Some(Statement { words, has_body }) = self.statement() {
            match &words[..] {
                [kind, name] if kind == "chain" && has_body => {
                    let mut chain = Chain {
                        family: family.to_owned(),
                        table: table.to_owned(),
                        name: name.clone(),
                        is_entrance: false,
                        drops_the_rest: false,
                        rules: Vec::new(),
                    };
                    self.chain(&mut chain);
                    chains.push(chain);
                }
                _ if has_body => self.skip_body(),
                _ => {}
            }
        }
    }

    fn chain(&mut self, chain: &mut Chain) {
        while let Some(rule) = self.rule() {
            let words: Vec<&str> = rule
                .iter()
                .filter_map(|term| match term {
                    Term::Word(word) => Some(word.as_str()),
                    Term::Set(_) => None,
                })
                .collect();
            match words[..] {
                ["type", "filter", "hook", "input", ..] => chain.is_entrance = true,
                ["type", ..] => {}
                ["policy", policy] => chain.drops_the_rest = policy == "drop",
                _ => chain.rules.push(rule),
            }
        }
    }

    /// None at the end of the chain.
    fn rule(&mut self) -> Option<Rule> {
        let mut rule = Rule::new();
        loop {
            match self.0.peek()? {
                // The last rule may stand on the line of the brace.
                Token::Close if !rule.is_empty() => return Some(rule),
                Token::Close => {
                    self.0.next();
                    return None;
                }
                Token::End | Token::Open | Token::Word(_) => {}
            }
            match self.0.next()? {
                Token::Word(word) => rule.push(Term::Word(word)),
                Token::Open => rule.push(Term::Set(self.set())),
                Token::End if rule.is_empty() => {}
                Token::End | Token::Close => return Some(rule),
            }
        }
    }

    fn set(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        loop {
            match self.0.next() {
                Some(Token::Word(word)) => {
                    let parts = word.split(',').filter(|part| !part.is_empty());
                    words.extend(parts.map(str::to_owned));
                }
                Some(Token::End) => {}
                Some(Token::Open) => self.skip_body(),
                Some(Token::Close) | None => return words,
            }
        }
    }
}
