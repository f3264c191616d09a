#include "synod/sim/step.hpp"

#include <array>
#include <string_view>

namespace synod::sim {

namespace {

std::string micros(Duration duration) {
    return std::to_string(duration.ns / 1000) + "us";
}

std::string list(const std::vector<Name>& names) {
    std::string text;
    for (const Name& name : names)
        text.append(" ").append(text_of(name));
    return text;
}

struct Writer {
    std::string operator()(const Start& start) const { return "start " + text_of(start.who); }
    std::string operator()(const Crash& crash) const { return "crash " + text_of(crash.who); }
    std::string operator()(const Pause& pause) const { return "pause " + text_of(pause.who); }
    std::string operator()(const Resume& resume) const { return "resume " + text_of(resume.who); }
    std::string operator()(const Slow& slow) const {
        return "slow " + text_of(slow.who) + " " + micros(slow.each);
    }
    std::string operator()(const Jump& jump) const {
        return "jump " + text_of(jump.who) + " " + micros(jump.by);
    }
    std::string operator()(const Burst& burst) const {
        return "submit " + text_of(burst.client) + " " + std::to_string(burst.values) + " every " +
               micros(burst.interval);
    }
    std::string operator()(const Depose& depose) const { return "depose leader with" + list(depose.with); }
    std::string operator()(const Partition& partition) const { return "partition" + list(partition.side); }
    std::string operator()(const Cut& cut) const {
        return "cut " + text_of(cut.from) + " -> " + text_of(cut.to);
    }
    std::string operator()(const SlowLink& slow) const {
        return "slow " + text_of(slow.from) + " -> " + text_of(slow.to) + " " + micros(slow.delay_max);
    }
    std::string operator()(const Weather& weather) const {
        const LinkQuality& links = weather.links;
        return "links loss " + std::to_string(links.loss_ppm) + "ppm duplicate " +
               std::to_string(links.duplicate_ppm) + "ppm reorder " + std::to_string(links.reorder_ppm) +
               "ppm damage " + std::to_string(links.damage_ppm) + "ppm delay " + micros(links.delay_min) +
               " to " + micros(links.delay_max) + " overtaken " + micros(links.overtaken_max);
    }
    std::string operator()(const Mend&) const { return "mend"; }
};

}  // namespace

std::string text_of(const Name& name) {
    constexpr std::array<std::string_view, kRoles> kNames{"client", "proposer", "acceptor", "learner"};
    return std::string(kNames[static_cast<std::size_t>(name.role)]) + " " + std::to_string(name.id);
}

std::string text_of(const Deed& deed) {
    return std::visit(Writer{}, deed);
}

}  // namespace synod::sim
