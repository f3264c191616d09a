// What is wrong in a scenario is named with its file and line, and what was expected.

#include <gtest/gtest.h>

#include <sstream>

#include "synod/sim/scenario_run.hpp"

namespace synod::sim {
namespace {

Scenario read(const std::string& text) {
    std::istringstream in(text);
    return read_scenario(in, "file");
}

std::string error_in(const std::string& text) {
    try {
        read("cluster: 3 acceptors, 1 proposer, 1 learner, 1 client\n" + text + "\n");
    } catch (const ScenarioError& error) {
        return error.what();
    }
    return "";
}

ScenarioResult act(const std::string& steps) {
    const ThrowOnBrokenInvariant throw_on_broken_invariant;
    return run_scenario(
        read("cluster: 3 acceptors, 1 proposer, 1 learner, 1 client\nstart all\nrun until leader\n" + steps));
}

TEST(ScenarioLanguage, ErrorsNameThePlaceAndWhatWasExpected) {
    EXPECT_EQ(error_in("crash acceptor 4"), "file:2: '4'; expected a number from 1 to 3");
    EXPECT_EQ(error_in("crash"),
              "file:2: the line ends; expected processes: 'acceptor 1', 'acceptors' or 'all'");
    EXPECT_EQ(error_in("cut acceptor 1 proposer 0"), "file:2: 'proposer'; expected '->'");
    EXPECT_EQ(error_in("submit client 0 \"x"), "file:2: a text does not end; expected another \"");
    EXPECT_EQ(error_in("run 10"), "file:2: '10'; expected a time: 50us, 10ms or 1s");
    EXPECT_EQ(error_in("start all now"), "file:2: 'now'; expected the end of the line");
    EXPECT_EQ(error_in("lose next 3A from all to all").rfind("file:2: '3A' is no message; expected 1A", 0),
              0u);
    EXPECT_EQ(error_in("explode").rfind("file:2: 'explode' is no step; expected one of", 0), 0u);
    EXPECT_EQ(error_in("start all\nseed 3"), "file:3: 'seed' comes too late; expected before the first step");
    EXPECT_EQ(error_in("# nothing"), "file:1: nothing happens; expected a step");
}

TEST(ScenarioLanguage, TheFirstSentenceIsTheTitle) {
    const std::string rest = "cluster: 1 acceptor\n# Not this.\nstart all\n";
    EXPECT_EQ(read("# What it shows,\n# and how. From elsewhere.\n# More.\n" + rest).title,
              "What it shows, and how.");
    EXPECT_EQ(read(rest).title, "");
}

TEST(ScenarioLanguage, AnExpectationThatIsNotMetIsAFailureWithItsLineAndTheState) {
    const ScenarioResult result = act("expect chosen 1\n");
    EXPECT_EQ(result.failure.rfind("file:4: expect chosen 1: not so; at ", 0), 0u) << result.failure;
    EXPECT_NE(result.failure.find("proposer 0 leads;"), std::string::npos) << result.failure;
    EXPECT_EQ(result.events.back().kind, trace::Kind::violation);
}

TEST(ScenarioLanguage, WhatDoesNotComeTrueInTimeIsAFailure) {
    EXPECT_NE(act("run until chosen 1 within 5ms\n").failure.find("not within 5 ms"), std::string::npos);
}

TEST(ScenarioLanguage, ConditionsSayWhatIsSo) {
    EXPECT_EQ(act("expect leader proposer 0\nexpect not no leader\nexpect nothing delivered\n"
                  "expect not observer acceptor 1\nsubmit client 0 \"a\" \"b\"\nrun until delivered\n"
                  "run 1ms\n"
                  "expect delivered learner 0 \"a\" \"b\"\nexpect not delivered \"b\" \"a\"\n"
                  "expect acknowledged client 0 2\nexpect promised acceptor 2 round 1 of proposer 0\n"
                  "crash acceptor 1\nrestart acceptor 1\nexpect observer acceptor 1\n")
                  .failure,
              "");
    EXPECT_NE(act("expect no leader\n").failure, "");
    EXPECT_NE(act("expect observer acceptor 1\n").failure, "");
    EXPECT_NE(act("expect promised acceptor 2 round 2 of proposer 0\n").failure, "");
}

TEST(ScenarioLanguage, WhatIsLostOnPurposeIsLostAsOftenAsTold) {
    const ScenarioResult result =
        act("lose next 2 2A from proposer 0 to acceptors\nsubmit client 0 \"x\"\nrun until delivered\n");
    EXPECT_EQ(result.failure, "");
    std::size_t lost = 0;
    for (const trace::Event& event : result.events)
        lost += event.kind == trace::Kind::lost;
    EXPECT_EQ(lost, 2u);
}

}  // namespace
}  // namespace synod::sim
