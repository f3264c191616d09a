#include "synod/sim/tracer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "synod/sim/world.hpp"
#include "synod/trace/recording.hpp"

namespace synod::sim {
namespace {

constexpr LinkQuality kBadLinks{
    .loss_ppm = 50'000, .duplicate_ppm = 50'000, .reorder_ppm = 50'000, .damage_ppm = 20'000};

// A history with a bit of everything.
std::uint64_t hash_of_history(trace::Sink* sink) {
    World world({.seed = 3, .clients = 2, .links = kBadLinks}, sink);
    world.start_all();
    world.client(0).submit(100, microseconds(100));
    world.client(1).submit(100, microseconds(50));
    world.run_for(milliseconds(20));
    world.acceptor(1).crash();
    world.cut(world.acceptor(2), world.learner(0));
    world.proposer(0).pause();
    world.run_for(milliseconds(400));
    world.acceptor(1).start();
    world.proposer(0).resume();
    world.network().mend_all();
    world.run_for(milliseconds(400));
    return world.hash();
}

TEST(Tracer, ChangesNothing) {
    trace::Recording recording;
    EXPECT_EQ(hash_of_history(&recording), hash_of_history(nullptr));
    EXPECT_GT(recording.events().size(), 1000u);
}

TEST(Tracer, EveryKindOfEventOfABadDayIsSeen) {
    trace::Recording recording;
    hash_of_history(&recording);
    using trace::Kind;
    for (const Kind kind : {Kind::started, Kind::crashed, Kind::paused, Kind::resumed, Kind::cut, Kind::sent,
                            Kind::received, Kind::lost, Kind::submitted, Kind::promised, Kind::accepted,
                            Kind::chosen, Kind::decided, Kind::leads, Kind::delivered, Kind::acknowledged}) {
        const auto& events = recording.events();
        EXPECT_TRUE(std::any_of(events.begin(), events.end(), [&](const auto& e) { return e.kind == kind; }))
            << static_cast<int>(kind);
    }
}

}  // namespace
}  // namespace synod::sim
