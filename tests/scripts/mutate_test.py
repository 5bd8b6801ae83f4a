"""Tests of scripts/mutate: which edits it makes, and how it reports and goes on."""

import itertools
import pathlib
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
loader = SourceFileLoader("mutate", str(ROOT / "scripts/mutate"))
mutate = module_from_spec(spec_from_loader("mutate", loader))
loader.exec_module(mutate)


def edits(text):
    return [(text[start:end], new) for start, end, new in mutate.edits(text)]


class Edits(unittest.TestCase):
    def test_binary_operators_stand_between_blanks(self):
        self.assertEqual(edits("a + b *\n c"), [("+", "-"), ("*", "/")])
        self.assertEqual(edits("const T* x, T& y, T&& z, f<T>(-x)"), [])

    def test_comments_texts_and_directives_are_left_alone(self):
        self.assertEqual(edits('// a + b\n/* 1 */ "x < 2" R"(3)" \'+\'\n#if A < 4\n'), [])
        self.assertEqual(edits("template <int n = 3>\nx"), [])

    def test_numbers_go_up_and_down(self):
        self.assertEqual(edits("f(1, 0, x1, 10'000)"), [("1", "2"), ("1", "0"), ("0", "1")])
        self.assertEqual(edits("f(0.5)"), [("0.5", "(0.5 + 1)")])

    def test_conditions_are_negated_whole(self):
        self.assertEqual(edits("if (f(a) || b)"), [("f(a) || b", "!(f(a) || b)"), ("||", "&&")])
        self.assertEqual(edits("if (int a = f(b))"), [])
        self.assertEqual(edits("g(!a)"), [("!", "")])

    def test_the_same_seed_draws_the_same_mutants(self):
        first, again, other = (list(itertools.islice(mutate.drawn(["autodiff"], seed), 20))
                               for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertEqual(len(set(first)), 20)


class Reports(unittest.TestCase):
    def test_results_are_read_again_while_the_source_is_the_same(self):
        site = next(mutate.drawn(["autodiff"], 1))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "results.tsv"
            mutate.Results(path).add(site, "survived", "autodiff_test", 3)
            known = mutate.Results(path).of[mutate.key_of(site)]
        self.assertEqual((known.outcome, known.by, known.seconds), ("survived", "autodiff_test", "3"))

    def test_the_table_counts_by_room_and_keeps_reasons(self):
        def result(line, outcome, by):
            return mutate.Result("0", "ops/a.cpp", line, "1", "||", "&&", "ops", outcome, by, "1")

        results = [result("1", "noticed", "ops_test: A.b"), result("2", "noticed", "proof_test: C.d"),
                   result("3", "noticed", "ops_test: time limit"), result("4", "survived", "ops_test"),
                   result("5", "same code", "-")]
        with tempfile.TemporaryDirectory() as folder:
            mutate.DOCUMENT = pathlib.Path(folder) / "testing.md"
            mutate.DOCUMENT.write_text(f"before\n{mutate.MARKS[0]}\n{mutate.MARKS[1]}\nafter\n")
            mutate.update_document(mutate.report(results))
            text = mutate.DOCUMENT.read_text()
            self.assertIn("3 of 4 mutants were noticed (75 %).", text)
            self.assertIn("| ops | 4 | 2 | 1 | 1 | 1 |", text)
            row = "| `ops/a.cpp:4` `\\|\\|` to `&&` | ? |"
            self.assertIn(row, text)
            mutate.DOCUMENT.write_text(text.replace(row, row.replace("?", "equivalent")))
            mutate.update_document(mutate.report(results))
            self.assertIn(row.replace("?", "equivalent"), mutate.DOCUMENT.read_text())
            self.assertTrue(mutate.DOCUMENT.read_text().endswith("\nafter\n"))


if __name__ == "__main__":
    unittest.main()
