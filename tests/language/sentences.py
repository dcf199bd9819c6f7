"""Random policies: derivations of the very grammar that the parser runs on."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from random import Random
from typing import Any

from lark import Lark

from policylang.language.tables import grammar_text

NAMES = ["kiro", "stage", "prod", "delete", "x", "e_2", "time", "to_list", "done", "failed"]
OUTCOMES = ["proposed", "denied", "approved", "done", "failed"]
TEXTS = {
    "NAME": NAMES,
    "TYPE": ["Environment", "SRE", "Read", "Set", "T1", "String"],
    "STRING": [
        '""',
        '"eu"',
        '"a b # c"',
        r'"q\"\\\u00e9\n"',
        '"naïve 🚀"',
        '"' + "long " * 12 + '"',
    ],
    "INT": ["0", "3", "12345678901234567890"],
    "DECIMAL": ["0.5", "10.00"],
    "DURATION": ["30s", "10m", "1h", "7d", "2w"],
    "BYTES": ["1B", "20KB", "3GiB"],
    "TIME": ["@2025-12-15T03:12:00Z", "@2025-12-15t03:12:00.5+02:00"],
}


class Grammar:
    """The expansions of each nonterminal, and the depth of the shallowest derivation of each."""

    def __init__(self) -> None:
        lark = Lark(grammar_text(), parser="lalr", start="module")
        self.texts = {t.name: t.pattern.value for t in lark.terminals if t.pattern.type == "str"}
        self.expansions: dict[str, list[Any]] = defaultdict(list)
        for rule in lark.rules:
            self.expansions[rule.origin.name].append(rule)
        self.depth: dict[str, int] = {}
        while len(self.depth) < len(self.expansions):
            for name, rules in self.expansions.items():
                depths = [d for d in map(self.rule_depth, rules) if d is not None]
                if depths and name not in self.depth:
                    self.depth[name] = min(depths)

    def rule_depth(self, rule: Any) -> int | None:
        depths = [0 if s.is_term else self.depth.get(s.name, -1) for s in rule.expansion]
        return None if -1 in depths else 1 + max(depths, default=0)


@cache
def grammar() -> Grammar:
    return Grammar()


class Sentence:
    """One random derivation, as token texts."""

    def __init__(self, random: Random, budget: int) -> None:
        self.random = random
        self.grammar = grammar()
        self.tokens: list[str] = []
        self.budget = budget

    def derive(self, symbol: str, level: int = 0) -> None:
        rules = self.grammar.expansions[symbol]
        if len(self.tokens) > self.budget or level > 60:
            least = min(self.grammar.rule_depth(rule) or 0 for rule in rules)
            rules = [rule for rule in rules if self.grammar.rule_depth(rule) == least]
        rule = self.random.choice(rules)
        for part in rule.expansion:
            if not part.is_term:
                self.derive(part.name, level + 1)
            elif rule.alias == "set_type" and part.name == "TYPE":
                self.tokens.append("Set")
            elif symbol == "outcome":
                self.tokens.append(self.random.choice(OUTCOMES))
            else:
                self.terminal(part.name)

    def terminal(self, name: str) -> None:
        texts = TEXTS.get(name)
        self.tokens.append(self.random.choice(texts) if texts else self.grammar.texts[name])


def declarations(seed: int, count: int = 3, budget: int = 30) -> list[list[str]]:
    """The tokens of some declarations."""
    random = Random(seed)
    found = []
    for _ in range(count):
        sentence = Sentence(random, budget)
        sentence.derive("declaration")
        found.append(sentence.tokens)
    return found


def spread(random: Random, tokens: list[str], *, comments: bool) -> str:
    """The tokens with random space, line ends and comments between them."""
    parts = []
    for number, token in enumerate(tokens):
        parts.append(token)
        choice = random.random()
        if comments and choice < 0.06:
            parts.append(f"  # comment {number}\n" if choice < 0.03 else f"\n ## own {number}\n")
        elif choice < 0.15:
            parts.append("\n" * random.randint(1, 3))
        elif choice < 0.2:
            parts.append("\r\n\t")
        else:
            parts.append(" ")
    return "".join(parts)
