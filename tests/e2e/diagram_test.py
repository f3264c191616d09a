#!/usr/bin/env python3
"""synod run --diagram: what real processes said to each other, as a trace and as a picture."""
import json
import unittest
import xml.etree.ElementTree as ElementTree

from harness import ClusterTest

SVG = "{http://www.w3.org/2000/svg}"


class Diagram(ClusterTest):
    def run_cluster(self, *options, picture="run.svg"):
        status, output, errors = self.synod("run", "--diagram", picture, *options)
        self.assertEqual(status, 0, output + errors)
        return errors.decode()

    def trace(self):
        status, output, errors = self.synod("trace", "--json")
        self.assertEqual((status, errors), (0, b""))
        return [json.loads(line) for line in output.splitlines()]

    def drawn(self, picture="run.svg"):
        """The groups of the picture by their class."""
        groups = ElementTree.parse(self.directory / picture).getroot().iter(f"{SVG}g")
        return [(group.get("class", "").split(), "".join(group.itertext())) for group in groups]

    def test_one_value_goes_its_whole_way(self):
        self.assertEqual(self.run_cluster("-n", 1, "-c", 1, "-p", 1, "-l", 1), "")
        trace = self.trace()
        self.assertEqual(trace[0]["at"], 0)
        self.assertEqual([event["at"] for event in trace], sorted(event["at"] for event in trace))
        sent = [event["type"] for event in trace if event["event"] == "sent"]
        for name in ("1A", "1B", "Submit", "2A", "2B", "Ack"):
            self.assertIn(name, sent)
        kinds = [event["event"] for event in trace]
        for end in ("delivered", "acknowledged"):  # in any order: learner and leader count for themselves
            places = [kinds.index(kind) for kind in ("promised", "leads", "accepted", "chosen", end)]
            self.assertEqual(places, sorted(places), kinds)
        self.assertEqual(kinds.count("chosen"), 1)
        self.assertEqual(kinds.count("accepted"), 3)
        labels = " ".join(text for _, text in self.drawn())
        for label in ("client 1", "1A", "1B", "2A", "2B", "Submit", "is chosen", "delivers 0"):
            self.assertIn(label, labels)

    def test_every_arrival_is_later_than_its_sending(self):
        self.run_cluster("-n", 200)
        sent = {event["message"]: event["at"] for event in self.trace() if event["event"] == "sent"}
        arrivals = [event for event in self.trace() if event["event"] == "received"]
        self.assertGreater(len(arrivals), 100)
        for event in arrivals:
            self.assertLessEqual(sent[event["message"]], event["at"], event)

    def test_what_fault_injection_drops_is_lost_and_drawn_so(self):
        self.run_cluster("-n", 20, "--loss", "0.2", "--seed", 7)
        lost = [event for event in self.trace() if event["event"] == "lost"]
        self.assertTrue(lost)
        self.assertEqual({event["text"] for event in lost}, {"fault injection"})
        self.assertTrue(any("lost" in classes for classes, _ in self.drawn()))

    def test_a_long_run_is_cut_around_the_first_kill_and_says_so(self):
        said = self.run_cluster("-n", 600, "--rate", 1000, "--kill", "proposer:1@0.2s")
        self.assertRegex(said, r"the diagram shows events [\d,]+ to [\d,]+ of [\d,]+; synod trace --diagram FILE --from SECONDS shows others")
        drawn = self.drawn()
        self.assertTrue(any("proposer 1 crashes" in text for _, text in drawn))
        self.assertLess(len(drawn), 6000)
        status, _, again = self.synod("trace", "--diagram", "begin.html", "--from", 0)
        self.assertEqual(status, 0)
        self.assertIn(b"the diagram shows events 1 to 800 of ", again)
        self.assertNotEqual(said, again.decode())
        self.assertIn("client 1 submits", (self.directory / "begin.html").read_text())

    def test_a_trace_is_told_as_text_and_drawn_again_the_same(self):
        self.run_cluster("-n", 3, "-c", 1)
        status, output, _ = self.synod("trace")
        self.assertEqual(status, 0)
        self.assertRegex(output.decode(), r"acceptor 2  accepts +ballot 1\.\d, instance 0")
        self.assertEqual(self.synod("trace", "--diagram", "again.svg")[0], 0)
        without_title = lambda name: [each for each in self.drawn(name) if "logs/run.trace" not in each[1]]
        self.assertEqual(without_title("again.svg"), without_title("run.svg"))

    def test_a_drawing_begins_where_it_is_told(self):
        self.run_cluster("-n", 2, "-c", 1, "--rate", 10)
        later = next(event["at"] for event in reversed(self.trace()) if event["event"] == "submitted")
        self.assertEqual(self.synod("trace", "--diagram", "later.svg", "--from", later / 1e9)[0], 0)
        drawn = [text for _, text in self.drawn("later.svg")]
        self.assertEqual(sum("submits" in text for text in drawn), 1)
        self.assertFalse(any("1A" in text for text in drawn))
        status, _, errors = self.synod("trace", "--diagram", "none.svg", "--from", 1000)
        self.assertEqual((status, errors), (2, b"synod: --from 1000: the trace ends before\n"))

    def test_the_trace_of_one_process_and_one_of_json_lines_are_read_as_well(self):
        self.run_cluster("-n", 3)
        status, output, _ = self.synod("trace", "logs/acceptor-1.trace", "--json")
        self.assertEqual(status, 0)
        (self.directory / "it.json").write_bytes(output)
        self.assertEqual(self.synod("trace", "it.json", "--json")[1], output)

    def test_what_is_no_trace_is_refused(self):
        (self.directory / "it.trace").write_text("synod trays")
        status, _, errors = self.synod("trace", "it.trace")
        self.assertEqual((status, errors), (2, b"synod: 'it.trace' is no trace: it does not begin as a trace does\n"))
        self.assertEqual(self.synod("trace", "none.trace")[0], 2)

    def test_small_talk_is_drawn_only_when_asked_for(self):
        for options, expected in (((), False), (("--chatter",), True)):
            self.run_cluster(*options)
            self.assertEqual(any("Heartbeat" in text for _, text in self.drawn()), expected)

    def test_a_page_stands_by_itself(self):
        self.run_cluster(picture="run.html")
        page = (self.directory / "run.html").read_text().replace("http://www.w3.org/2000/svg", "")
        self.assertIn("</html>", page)
        for outside in ("http:", "https:", "src=", "url(", "@import"):
            self.assertNotIn(outside, page)

    def test_without_a_diagram_nothing_is_traced(self):
        self.run_cluster()
        self.assertEqual(self.synod("run")[0], 0)
        self.assertFalse(list((self.directory / "logs").glob("*.trace")))

    def test_a_name_that_is_no_picture_is_refused_before_anything_runs(self):
        status, _, errors = self.synod("run", "--diagram", "run.gif")
        self.assertEqual(status, 2)
        self.assertIn(b"expected a name that ends in .svg or .html", errors)
        self.assertFalse((self.directory / "logs").exists())


if __name__ == "__main__":
    unittest.main()
