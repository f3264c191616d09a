#include <algorithm>
#include <array>

#include "synod/sim/plan.hpp"

namespace synod::sim {

namespace {

constexpr Duration kSlowStepMax = microseconds(500);
constexpr unsigned kLivesMax = 3;  // of a client with many values, on average
constexpr std::uint64_t kStormsMax = 3;
constexpr Duration kBacklogMax = milliseconds(1500);

// For so long a cluster is busy with each value while clients have much to say: as much of it is under way as
// its window lets, for as long as its links take. Without proactive phase 1 it is one instance at a time.
Duration time_of_a_value(const ClusterOptions& cluster) {
    constexpr std::uint64_t kDatagramOverhead = 512;
    const RoleSettings& roles = cluster.roles;
    const std::uint64_t bytes = cluster.value_bytes != 0 ? cluster.value_bytes : 64 + roles.batch_bytes / 20;
    const std::uint64_t pieces = 1 + bytes / roles.batch_bytes;
    const std::uint64_t fit = std::max<std::uint64_t>(roles.batch_bytes / bytes, 1);
    const std::uint64_t together =
        roles.batch_values != 0 ? std::min<std::uint64_t>(roles.batch_values, fit) : fit;
    const std::uint64_t instance_bytes =
        kDatagramOverhead + std::min<std::uint64_t>(roles.batch_bytes, together * bytes);
    const std::uint64_t under_way = roles.proactive_phase1 ? 1 + roles.window_bytes / instance_bytes : 1;
    const std::uint64_t delays = roles.proactive_phase1 ? 2 : 4;
    return {cluster.links.delay_max.ns * delays * pieces / (under_way * together)};
}

// Draws the deeds of a history: storms, in which one fault follows the other while clients have much to say,
// and calms between them, in which little happens, sometimes with all that was broken left as it is.
class DeedDrawer {
public:
    DeedDrawer(Plan& plan, Random& random) : plan_(plan), random_(random), reads_(plan.cluster.seed) {
        add(Role::acceptor, 1, plan.cluster.acceptors);
        add(Role::proposer, 0, plan.cluster.proposers);
        add(Role::learner, 0, plan.cluster.learners);
        add(Role::client, 0, plan.cluster.clients);
    }

    void draw(bool faulty) {
        draw_habits(faulty);
        for (std::size_t k = 0; k < actors_.size(); ++k)
            if (!may_be_late(actors_[k]) || !random_.percent(late_percent_)) start(k);
        for (std::uint64_t storms = random_.between(1, kStormsMax); storms > 0; --storms) {
            storm(faulty);
            if (storms > 1) calm(faulty);
        }
        deed::Heal heal;
        for (const Actor& actor : actors_)
            if (!actor.alive && random_.percent(50)) heal.start.push_back(actor.name);
        add(std::move(heal));
    }

private:
    struct Actor {
        Name name;
        bool alive = false;
        bool paused = false;
        bool may_die = true;
    };
    struct Fault {
        void (DeedDrawer::*strike)();
        std::uint32_t weight = 0;
    };

    void add(Role role, unsigned first, unsigned count) {
        for (unsigned id = first; id < first + count; ++id)
            actors_.push_back({{role, static_cast<std::uint16_t>(id)}});
    }
    void add(Deed deed) { plan_.deeds.push_back({Time{} + now_, std::move(deed)}); }
    // The place of some actor that is wanted; none: actors_.size().
    template <typename Wanted>
    std::size_t any(Wanted&& wanted) {
        std::vector<std::size_t> found;
        for (std::size_t k = 0; k < actors_.size(); ++k)
            if (wanted(actors_[k])) found.push_back(k);
        return found.empty() ? actors_.size() : found[random_.below(found.size())];
    }
    std::vector<Name> some() {
        std::vector<Name> found;
        const auto share = static_cast<std::uint32_t>(random_.between(20, 100));
        for (const Actor& actor : actors_)
            if (random_.percent(share)) found.push_back(actor.name);
        return found;
    }
    [[nodiscard]] static bool may_be_late(const Actor& actor) noexcept {
        return actor.may_die || actor.name.role != Role::learner;
    }
    Name anybody() { return actors_[random_.below(actors_.size())].name; }

    void draw_habits(bool faulty);
    void spare(Role role, unsigned count);
    void storm(bool faulty);
    void calm(bool faulty);
    void settle();
    void strike();
    void read();
    void start(std::size_t k);
    void burst(std::size_t k, std::uint64_t values, Duration spread);

    template <Role kRole>
    void crash() {
        const std::size_t k =
            any([](const Actor& a) { return a.name.role == kRole && a.alive && a.may_die; });
        if (k == actors_.size()) return;
        actors_[k].alive = actors_[k].paused = false;
        add(deed::Crash{actors_[k].name});
    }
    void restart() {
        const std::size_t k = any([](const Actor& a) { return !a.alive; });
        if (k < actors_.size()) start(k);
    }
    void depose();
    void pause();
    void resume();
    void partition();
    void isolate();
    void cut_pair() {
        const Name from = anybody();
        const Name to = anybody();
        cut(from, to);
    }
    void cut(const Name& a, const Name& b) {
        if (a == b) return;
        if (random_.percent(75)) add(deed::Cut{a, b});
        if (random_.percent(75)) add(deed::Cut{b, a});
    }
    // To and from some of the others.
    void slow_links() {
        const Name one = anybody();
        const Duration delay_max{random_.log_between(1'000'000, 500'000'000)};
        const auto share = static_cast<std::uint32_t>(random_.between(10, 100));
        for (const Actor& other : actors_) {
            if (other.name == one) continue;
            if (random_.percent(share)) add(deed::SlowLink{one, other.name, delay_max});
            if (random_.percent(share)) add(deed::SlowLink{other.name, one, delay_max});
        }
    }
    void slow_process() {
        const Name who = anybody();
        add(deed::Slow{who, random_.between({}, kSlowStepMax)});
    }
    void jump() {
        const Name who = anybody();
        add(deed::Jump{who, {random_.log_between(1'000'000, 10'000'000'000)}});
    }
    void meddle();
    void twin();
    // A few times: an answer may be lost.
    void ask() {
        const Name who = anybody();
        for (std::uint64_t times = random_.between(1, 4); times > 0; --times) {
            add(deed::Ask{who});
            now_ = now_ + random_.between({1}, milliseconds(20));
        }
    }
    void mend() {
        add(deed::Mend{});
        add(deed::Weather{plan_.cluster.links});
    }
    void gust();
    void stutter();

    Plan& plan_;
    Random& random_;
    Random reads_;  // for these alone: without them a history is what it was before there were any
    std::vector<Actor> actors_;
    Duration now_;

    std::array<Fault, 20> faults_{{{&DeedDrawer::crash<Role::acceptor>},
                                   {&DeedDrawer::crash<Role::proposer>},
                                   {&DeedDrawer::crash<Role::learner>},
                                   {&DeedDrawer::crash<Role::client>},
                                   {&DeedDrawer::depose},
                                   {&DeedDrawer::pause},
                                   {&DeedDrawer::partition},
                                   {&DeedDrawer::isolate},
                                   {&DeedDrawer::cut_pair},
                                   {&DeedDrawer::slow_links},
                                   {&DeedDrawer::slow_process},
                                   {&DeedDrawer::jump},
                                   {&DeedDrawer::gust},
                                   {&DeedDrawer::stutter},
                                   {&DeedDrawer::meddle},
                                   {&DeedDrawer::twin},
                                   {&DeedDrawer::ask},
                                   {&DeedDrawer::restart},
                                   {&DeedDrawer::resume},
                                   {&DeedDrawer::mend}}};
    std::uint32_t read_percent_ = 0;  // of strikes that a read follows
    std::uint32_t late_percent_ = 0;  // of processes that are not started at first
    Duration strike_interval_max_;
    std::uint64_t values_each_ = 0;  // of each client in each storm
    unsigned clients_started_ = 0;
    Duration storm_length_;
};

void DeedDrawer::draw_habits(bool faulty) {
    constexpr std::size_t kCures = 3;  // the last ones, which every faulty history has
    for (std::size_t f = 0; faulty && f < faults_.size(); ++f) {
        const bool cure = f >= faults_.size() - kCures;
        if (cure || random_.percent(40)) {
            faults_[f].weight = static_cast<std::uint32_t>(random_.between(1, cure ? 8 : 4));
        }
    }
    if (reads_.percent(50)) read_percent_ = static_cast<std::uint32_t>(reads_.between(10, 100));
    if (faulty && random_.percent(30)) late_percent_ = static_cast<std::uint32_t>(random_.between(20, 60));
    strike_interval_max_ = {random_.log_between(1'000'000, 300'000'000)};
    // With narrow windows on long links more would take minutes, and say nothing of liveness. A client has as
    // much in each storm, and when it starts.
    const std::uint64_t one_each =
        time_of_a_value(plan_.cluster).ns * plan_.cluster.clients * (kStormsMax + 1);
    const std::uint64_t most =
        std::clamp<std::uint64_t>(kBacklogMax.ns / std::max<std::uint64_t>(one_each, 1), 1, 512);
    values_each_ = random_.log_between(std::min<std::uint64_t>(most, 8), most);
    if (!random_.percent(90)) return;
    spare(Role::acceptor, plan_.cluster.acceptors - (plan_.cluster.acceptors - 1) / 2);
    spare(Role::learner, 1);
}

// So many of them never die: with fewer acceptors nothing more can be chosen, and a learner that begins anew
// may find that the beginning is forgotten.
void DeedDrawer::spare(Role role, unsigned count) {
    for (; count > 0; --count) {
        const std::size_t k =
            any([role](const Actor& actor) { return actor.name.role == role && actor.may_die; });
        actors_[k].may_die = false;
    }
}

void DeedDrawer::storm(bool faulty) {
    storm_length_ = random_.between(milliseconds(200), milliseconds(2000));
    const Duration end = now_ + storm_length_;
    for (std::size_t k = 0; k < actors_.size(); ++k)
        if (now_ > Duration{} && actors_[k].alive) burst(k, values_each_, storm_length_);
    while (faulty) {
        now_ = now_ + random_.between({1}, strike_interval_max_);
        if (now_ >= end) break;
        strike();
        if (reads_.percent(read_percent_)) read();
    }
    now_ = std::max(now_, end);
    if (reads_.percent(read_percent_)) read();
}

void DeedDrawer::calm(bool faulty) {
    add(deed::Weather{plan_.cluster.links});
    if (faulty && random_.percent(75)) settle();
    const Duration length{random_.log_between(1'000'000'000, 64'000'000'000)};
    const std::size_t k = any([](const Actor& a) { return a.alive && a.name.role == Role::client; });
    if (k < actors_.size()) burst(k, 8, length);
    now_ = now_ + length;
    add(deed::Weather{plan_.cluster.links});
}

// Good weather; links and processes are as they should be, but the dead stay dead.
void DeedDrawer::settle() {
    LinkQuality links = plan_.cluster.links;
    links.loss_ppm = links.duplicate_ppm = links.reorder_ppm = links.damage_ppm = 0;
    add(deed::Weather{links});
    add(deed::Mend{});
    for (Actor& actor : actors_) {
        if (actor.paused) add(deed::Resume{actor.name});
        actor.paused = false;
        add(deed::Slow{actor.name, plan_.cluster.machines.datagram_cost});
    }
}

void DeedDrawer::strike() {
    std::uint64_t total = 0;
    for (const Fault& fault : faults_)
        total += fault.weight;
    std::uint64_t draw = random_.below(total);
    for (const Fault& fault : faults_) {
        if (draw < fault.weight) return (this->*fault.strike)();
        draw -= fault.weight;
    }
}

// At each learner or at some: what one of them has delivered the next one may not have heard of.
void DeedDrawer::read() {
    for (const Actor& actor : actors_)
        if (actor.name.role == Role::learner && reads_.percent(75)) add(deed::Read{actor.name});
}

void DeedDrawer::start(std::size_t k) {
    actors_[k].alive = true;
    add(deed::Start{actors_[k].name});
    if (actors_[k].name.role != Role::client) return;
    // What dead clients leave in the leader's hands takes its time, too.
    const bool enough = ++clients_started_ > kLivesMax * plan_.cluster.clients;
    burst(k, enough ? 1 : values_each_, storm_length_);
}

void DeedDrawer::burst(std::size_t k, std::uint64_t values, Duration spread) {
    if (actors_[k].name.role != Role::client) return;
    add(deed::Burst{actors_[k].name, values, spread * random_.below(3) / (2 * values)});
}

void DeedDrawer::depose() {
    deed::Depose depose;
    unsigned minority = (plan_.cluster.acceptors - 1) / 2;
    for (const Actor& actor : actors_) {
        if (actor.name.role != Role::acceptor || minority == 0 || !random_.percent(50)) continue;
        --minority;
        depose.with.push_back(actor.name);
    }
    add(std::move(depose));
}

void DeedDrawer::pause() {
    const std::size_t k = any([](const Actor& actor) { return actor.alive && !actor.paused; });
    if (k == actors_.size()) return;
    actors_[k].paused = true;
    add(deed::Pause{actors_[k].name});
}

void DeedDrawer::resume() {
    const std::size_t k = any([](const Actor& actor) { return actor.paused; });
    if (k == actors_.size()) return;
    actors_[k].paused = false;
    add(deed::Resume{actors_[k].name});
}

void DeedDrawer::partition() {
    deed::Partition partition;
    for (const Actor& actor : actors_)
        if (random_.percent(50)) partition.side.push_back(actor.name);
    if (!partition.side.empty()) add(std::move(partition));
}

// One type of message suffers between some of them: what a leader says arrives, say, and what it is answered
// does not. Most often it is one of the two phases, on which all the rest depends.
void DeedDrawer::meddle() {
    static const std::array kPhases{wire::type_of(Message{Prepare{}}), wire::type_of(Message{Promise{}}),
                                    wire::type_of(Message{Accept{}}), wire::type_of(Message{Accepted{}}),
                                    wire::type_of(Message{Beacon{}})};
    constexpr std::array kKinds{Meddling::Kind::lose, Meddling::Kind::lose, Meddling::Kind::delay,
                                Meddling::Kind::duplicate};
    deed::Meddle meddle{.kind = kKinds[random_.below(kKinds.size())]};
    meddle.type = random_.percent(60) ? kPhases[random_.below(kPhases.size())]
                                      : static_cast<std::uint8_t>(random_.between(1, wire::kTypes));
    meddle.speakers = some();
    meddle.hearers = some();
    meddle.times = random_.log_between(1, 256);
    meddle.by = {random_.log_between(100'000, 1'000'000'000)};
    if (!meddle.speakers.empty() && !meddle.hearers.empty()) add(std::move(meddle));
}

// Somebody takes a process for dead, perhaps since it is slow, and starts it again, and again.
void DeedDrawer::twin() {
    const std::size_t k =
        any([](const Actor& actor) { return actor.alive && actor.name.role != Role::acceptor; });
    if (k == actors_.size()) return;
    const Name who = actors_[k].name;
    if (random_.percent(50)) add(deed::Slow{who, random_.between({}, kSlowStepMax)});
    for (std::uint64_t times = random_.between(1, 4); times > 0; --times) {
        add(deed::Twin{who});
        now_ = now_ + random_.between({1}, plan_.cluster.links.delay_max * 2);
        if (random_.percent(50)) continue;
        add(deed::Pause{who});
        now_ = now_ + random_.between({1}, milliseconds(20));
        add(deed::Resume{who});
        actors_[k].paused = false;
    }
}

// Bad weather on all links, until the end of the storm at the latest.
void DeedDrawer::gust() {
    constexpr std::uint32_t kStrength = 3;
    LinkQuality links = plan_.cluster.links;
    draw_mishaps(links, kStrength, random_);
    add(deed::Weather{links});
}

// Stopped and going on again, many times: a machine with too much to do. Most often it has just begun, and
// has much to ask.
void DeedDrawer::stutter() {
    const std::size_t dead = any([](const Actor& actor) { return !actor.alive; });
    const bool begins = dead < actors_.size() && random_.percent(75);
    const std::size_t k =
        begins ? dead : any([](const Actor& actor) { return actor.alive && !actor.paused; });
    if (k == actors_.size()) return;
    if (begins) start(k);
    const Duration longest{random_.log_between(1'000'000, 100'000'000)};
    for (std::uint64_t times = random_.between(4, 32); times > 0; --times) {
        now_ = now_ + random_.between({1}, longest / 8);
        add(deed::Pause{actors_[k].name});
        now_ = now_ + random_.between({1}, longest);
        add(deed::Resume{actors_[k].name});
    }
}

// From some of the others, maybe one way only.
void DeedDrawer::isolate() {
    const Name lonely = anybody();
    const auto share = static_cast<std::uint32_t>(random_.between(30, 100));
    for (const Actor& other : actors_)
        if (random_.percent(share)) cut(lonely, other.name);
}

}  // namespace

void draw_deeds(Plan& plan, bool faulty, Random& random) {
    DeedDrawer(plan, random).draw(faulty);
}

}  // namespace synod::sim
