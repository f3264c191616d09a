#include "synod/cli/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace synod::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Ballot ballot(std::uint64_t round, std::uint16_t proposer) {
    return {Round{round}, ProposerId{proposer}, Incarnation{7}};
}

// Two proposers, of which the second leads, three acceptors, a learner.
node::Answers well() {
    node::Answers answers;
    answers.proposers[1] = {.heard = ballot(3, 2), .decided_below = InstanceId{10}};
    answers.proposers[2] = {.ballot = ballot(3, 2), .leads = true, .decided_below = InstanceId{12}};
    for (const std::uint16_t id : {1, 2, 3})
        answers.acceptors[id] = {.promised = ballot(3, 2)};
    answers.learners[1] = {.decided_below = InstanceId{9}, .delivered_below = InstanceId{5}};
    return answers;
}

TEST(Status, AClusterWhoseProcessesAllAnswerIsHealthy) {
    const ClusterStatus status =
        judge(well(), {{"acceptor", 1, 11}, {"learner", 1, 12}, {"client", 1, 13}}, acceptors(3));
    EXPECT_EQ(status.health, ClusterHealth::healthy);
    EXPECT_THAT(status.problems, IsEmpty());
    EXPECT_EQ(status.leader, 2);
    EXPECT_EQ(status.decided_below, InstanceId{12});
}

TEST(Status, OfTwoThatThinkThatTheyLeadTheHigherBallotCounts) {
    node::Answers answers = well();
    answers.proposers[1] = {.ballot = ballot(2, 1), .leads = true};
    EXPECT_EQ(judge(answers, {}, acceptors(3)).leader, 2);
}

TEST(Status, AMissingAcceptorAndAnObserverDegradeIt) {
    node::Answers answers = well();
    answers.acceptors.erase(3);
    EXPECT_EQ(judge(answers, {}, acceptors(3)).health, ClusterHealth::degraded);
    EXPECT_THAT(judge(answers, {}, acceptors(3)).problems, ElementsAre("acceptor 3 does not answer"));
    answers.acceptors[3] = {.observer = true};
    EXPECT_EQ(judge(answers, {}, acceptors(3)).health, ClusterHealth::degraded);
    EXPECT_THAT(judge(answers, {}, acceptors(3)).problems,
                ElementsAre(HasSubstr("acceptor 3 is an observer")));
}

TEST(Status, ObserversMakeNoMajority) {
    node::Answers answers = well();
    answers.acceptors[2].observer = answers.acceptors[3].observer = true;
    EXPECT_EQ(judge(answers, {}, acceptors(3)).health, ClusterHealth::no_majority);
}

TEST(Status, WithoutALeaderItIsDegraded) {
    node::Answers answers = well();
    answers.proposers[2].leads = false;
    EXPECT_EQ(judge(answers, {}, acceptors(3)).health, ClusterHealth::degraded);
    EXPECT_EQ(judge(answers, {}, acceptors(3)).leader, std::nullopt);
}

TEST(Status, WhoLivesHereAndIsSilentIsNamed) {
    const ClusterStatus status = judge(well(), {{"learner", 2, 4711}}, acceptors(3));
    EXPECT_EQ(status.health, ClusterHealth::degraded);
    EXPECT_THAT(status.problems, ElementsAre("learner 2 (process 4711) lives and does not answer"));
}

// Servers 10, 20 and 30, of which the second leads.
node::Answers of_servers() {
    node::Answers answers;
    for (const std::uint16_t id : {1, 2, 3}) {
        answers.proposers[id] = {.heard = ballot(3, 2)};
        answers.acceptors[id] = {.promised = ballot(3, 2)};
        answers.learners[id] = {.decided_below = InstanceId{id}};
    }
    answers.proposers[2] = {.ballot = ballot(3, 2), .leads = true};
    return answers;
}

ClusterStatus judge_servers(const node::Answers& answers, const std::vector<node::LivingRole>& living = {}) {
    const std::vector<std::uint16_t> sids{10, 20, 30};
    return judge(in_sids(answers, sids), in_sids(living, sids), servers(sids));
}

TEST(Status, ServersHaveTheIdsOfTheirFile) {
    const ClusterStatus status = judge_servers(of_servers());
    EXPECT_EQ(status.health, ClusterHealth::healthy);
    EXPECT_EQ(status.leader, 20);
    EXPECT_EQ(status.answers.proposers.at(20).ballot, ballot(3, 20));
    EXPECT_EQ(status.answers.proposers.at(30).heard, ballot(3, 20));
    EXPECT_EQ(status.answers.acceptors.at(10).promised, ballot(3, 20));
    EXPECT_EQ(status.answers.learners.at(30).decided_below, InstanceId{3});
}

TEST(Status, AMissingServerAndAnObserverAreNamedByTheIdsOfTheirFile) {
    node::Answers answers = of_servers();
    answers.acceptors.erase(1);
    answers.acceptors[3].observer = true;
    const ClusterStatus status = judge_servers(answers);
    EXPECT_EQ(status.health, ClusterHealth::no_majority);
    EXPECT_THAT(status.problems,
                ElementsAre("server 10 does not answer", HasSubstr("server 30 is an observer")));
}

TEST(Status, AServerThatLivesHereAndIsSilentIsNamedByTheIdOfItsFile) {
    node::Answers answers = of_servers();
    answers.acceptors.erase(2);
    EXPECT_THAT(judge_servers(answers, {{"server", 1, 11}, {"server", 2, 12}}).problems,
                ElementsAre("server 20 (process 12) lives and does not answer"));
}

TEST(Status, WhereSomeLiveAndNobodyAnswersTheRunIsInDoubt) {
    EXPECT_THAT(judge({}, {{"acceptor", 1, 11}}, acceptors(1)).problems,
                ElementsAre("acceptor 1 (process 11) lives and does not answer", HasSubstr("--run N"),
                            "no proposer leads"));
    EXPECT_THAT(judge({}, {}, acceptors(1)).problems,
                ElementsAre("acceptor 1 does not answer", "no proposer leads"));
}

TEST(Status, WhoIsNoServerDoesNotCountWhateverItReports) {
    node::Answers answers = of_servers();
    answers.proposers[7] = {.ballot = ballot(9, 7), .leads = true, .decided_below = InstanceId{999}};
    answers.proposers[0] = answers.proposers[7];
    const ClusterStatus status = judge_servers(answers);
    EXPECT_EQ(status.leader, 20);
    EXPECT_EQ(status.decided_below, InstanceId{3});
}

}  // namespace
}  // namespace synod::cli
