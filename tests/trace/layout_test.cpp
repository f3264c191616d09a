#include "synod/trace/layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/core_test.hpp"
#include "synod/trace/diagram.hpp"
#include "synod/trace/recording.hpp"
#include "synod/trace/role_watch.hpp"

namespace synod::trace {
namespace {

using namespace synod::test;

// A proposer that sends 2As to two acceptors while a learner listens.
class LayoutTest : public testing::Test {
protected:
    static constexpr Who kProposer{Role::proposer, 0, false};

    LayoutTest() {
        for (RoleWatch* watch : {&proposer_, &one_, &two_, &learner_})
            watch->started(ms(0), "");
    }
    std::uint64_t propose(std::uint64_t instance, Time now) {
        const std::vector<std::byte> nothing;
        proposer_.sent(Accept{{b(1, 0), i(0), i(0)}, i(instance), nothing},
                       Destination::to_group(Role::acceptor), std::nullopt, ++messages_, now);
        return messages_;
    }
    [[nodiscard]] Layout layout(const DiagramOptions& options = {}) const {
        return lay_out(recording_.events(), options);
    }

    Recording recording_;
    RoleWatch proposer_{kProposer, recording_};
    RoleWatch one_{{Role::acceptor, 1, false}, recording_};
    RoleWatch two_{{Role::acceptor, 2, false}, recording_};
    RoleWatch learner_{{Role::learner, 0, false}, recording_};
    std::uint64_t messages_ = 0;
};

TEST_F(LayoutTest, ProcessesStandSideBySideByRole) {
    const Layout drawn = layout();
    ASSERT_EQ(drawn.lanes.size(), 4u);
    EXPECT_EQ(drawn.lanes[0].who, kProposer);
    EXPECT_EQ(drawn.lanes[3].who.role, Role::learner);
    for (std::size_t k = 1; k < 4; ++k)
        EXPECT_LT(drawn.lanes[k - 1].x, drawn.lanes[k].x);
}

TEST_F(LayoutTest, TimeRunsDownAndAnArrowEndsBelowItsBeginning) {
    one_.received(propose(0, ms(1)), kProposer, ms(2));
    const Layout drawn = layout();
    ASSERT_EQ(drawn.arrows.size(), 1u);
    EXPECT_LT(drawn.arrows[0].from.y, drawn.arrows[0].to.y);
    EXPECT_EQ(drawn.arrows[0].to.x, drawn.lanes[1].x);
    EXPECT_FALSE(drawn.arrows[0].listens);
}

TEST_F(LayoutTest, WhoeverOnlyListensIsToldApart) {
    learner_.received(propose(0, ms(1)), kProposer, ms(2));
    EXPECT_TRUE(layout().arrows.at(0).listens);
}

TEST_F(LayoutTest, ALostMessageIsCutShort) {
    two_.lost(propose(0, ms(1)), kProposer, ms(1), "cut");
    const Layout drawn = layout();
    ASSERT_EQ(drawn.arrows.size(), 1u);
    EXPECT_TRUE(drawn.arrows[0].lost);
    EXPECT_GT(drawn.arrows[0].to.x, drawn.lanes[0].x);
    EXPECT_LT(drawn.arrows[0].to.x, drawn.lanes[2].x);
    EXPECT_NE(drawn.arrows[0].hover.find("lost on the way to acceptor 2: cut"), std::string::npos);
}

TEST_F(LayoutTest, LabelsNeitherOverlapNorLeaveTheirLanesNorThePicture) {
    Time now = ms(1);
    for (std::uint64_t k = 0; k < 100; ++k) {  // several at a time, close to each other, and far apart
        if (k % 3 == 0) now = now + microseconds(k % 7 == 0 ? 10'000 : 10);
        one_.received(propose(1'000'000'000 + k, now), kProposer, now);
    }
    const Layout drawn = layout();
    ASSERT_GT(drawn.marks.size(), 100u);
    for (const Layout::Mark& a : drawn.marks) {
        if (a.label.empty()) continue;
        const double end = a.at.x + 9 + 6.7 * static_cast<double>(a.label.size());
        for (const Layout::Lane& lane : drawn.lanes)
            EXPECT_FALSE(lane.x > a.at.x && lane.x < end) << a.label;
        EXPECT_LT(end, drawn.width);
        EXPECT_LT(a.at.y, drawn.bottom);
        for (const Layout::Mark& b : drawn.marks) {
            if (&a == &b || b.label.empty() || a.at.x != b.at.x) continue;
            EXPECT_GE(std::abs(a.at.y - b.at.y), 9) << a.label << " and " << b.label;
        }
    }
}

TEST_F(LayoutTest, ALongIdleTimeTakesLittleRoom) {
    propose(0, ms(1));
    const double near = layout().bottom;
    propose(1, ms(3'600'000));
    EXPECT_LT(layout().bottom, near + 150);
}

TEST_F(LayoutTest, ChatterIsLeftOutUnlessAskedFor) {
    proposer_.sent(LearnerStatus{}, Destination::to_group(Role::acceptor), std::nullopt, ++messages_, ms(1));
    one_.received(messages_, kProposer, ms(2));
    EXPECT_TRUE(layout().arrows.empty());
    EXPECT_EQ(layout({.chatter = true}).arrows.size(), 1u);
}

TEST_F(LayoutTest, TheLineOfALeaderShowsItAndThatOfTheDeadEnds) {
    proposer_.happened(Kind::crashed, ms(5));
    const Layout drawn = layout();
    const auto alive = std::count_if(drawn.stretches.begin(), drawn.stretches.end(), [&](const auto& s) {
        return s.x == drawn.lanes[0].x && s.state == Layout::State::absent && s.to == drawn.bottom;
    });
    EXPECT_EQ(alive, 1);
}

TEST_F(LayoutTest, PicturesStandByThemselves) {
    one_.received(propose(0, ms(1)), kProposer, ms(2));
    for (std::string picture : {draw_svg(recording_.events(), {.title = "<&>"}),
                                draw_html(recording_.events(), {.title = "<&>"})}) {
        EXPECT_NE(picture.find("&lt;&amp;&gt;"), std::string::npos);
        const std::string xmlns = "http://www.w3.org/2000/svg";
        picture.erase(picture.find(xmlns), xmlns.size());
        for (const char* outside : {"http:", "https:", "src=", "url(", "@import", "<&>"})
            EXPECT_EQ(picture.find(outside), std::string::npos) << outside;
    }
}

TEST(Picture, OfNothingIsDrawn) {
    EXPECT_NE(draw_svg(std::vector<Event>{}, {}).find("</svg>"), std::string::npos);
}

}  // namespace
}  // namespace synod::trace
