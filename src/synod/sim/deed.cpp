#include "synod/sim/deed.hpp"

#include <array>
#include <string_view>

#include "synod/trace/names.hpp"

namespace synod::sim {

namespace {

std::string list(const std::vector<Name>& names) {
    std::string text;
    for (const Name& name : names)
        text.append(text.empty() ? " " : " and ").append(text_of(name));
    return text;
}

std::string text_of_meddling(const deed::Meddle& meddle) {
    constexpr std::array<std::string_view, 3> kVerbs{"lose", "delay", "duplicate"};
    constexpr std::array<std::string_view, 3> kWhen{"", " by ", " after "};
    const auto kind = static_cast<std::size_t>(meddle.kind);
    std::string text(kVerbs[kind]);
    text += meddle.times == deed::Meddle::kEvery ? " every " : " next " + std::to_string(meddle.times) + " ";
    text += trace::name_of_type(meddle.type);
    text += " from" + list(meddle.speakers) + " to" + list(meddle.hearers);
    text += kWhen[kind];
    return meddle.kind == Meddling::Kind::lose ? text : text + text_of(meddle.by);
}

struct Writer {
    std::string operator()(const deed::Start& start) const { return "start " + text_of(start.who); }
    std::string operator()(const deed::Crash& crash) const { return "crash " + text_of(crash.who); }
    std::string operator()(const deed::Pause& pause) const { return "pause " + text_of(pause.who); }
    std::string operator()(const deed::Resume& resume) const { return "resume " + text_of(resume.who); }
    std::string operator()(const deed::Slow& slow) const {
        return "slow " + text_of(slow.who) + " " + text_of(slow.each);
    }
    std::string operator()(const deed::Jump& jump) const {
        return "jump " + text_of(jump.who) + " " + text_of(jump.by);
    }
    std::string operator()(const deed::Burst& burst) const {
        return "submit " + text_of(burst.client) + " " + std::to_string(burst.values) + " values every " +
               text_of(burst.interval);
    }
    std::string operator()(const deed::Read& read) const { return "read " + text_of(read.learner); }
    std::string operator()(const deed::Depose& depose) const {
        return depose.with.empty() ? "depose" : "depose with" + list(depose.with);
    }
    std::string operator()(const deed::Partition& partition) const {
        return "partition" + list(partition.side);
    }
    std::string operator()(const deed::Cut& cut) const {
        return "cut " + text_of(cut.from) + " -> " + text_of(cut.to);
    }
    std::string operator()(const deed::SlowLink& slow) const {
        return "slow-link " + text_of(slow.from) + " -> " + text_of(slow.to) + " " + text_of(slow.delay_max);
    }
    std::string operator()(const deed::Meddle& meddle) const { return text_of_meddling(meddle); }
    std::string operator()(const deed::Twin& twin) const { return "twin " + text_of(twin.who); }
    std::string operator()(const deed::Ask& ask) const { return "ask " + text_of(ask.who); }
    std::string operator()(const deed::Weather& weather) const { return "weather " + text_of(weather.links); }
    std::string operator()(const deed::Mend&) const { return "mend everything"; }
    std::string operator()(const deed::Heal& heal) const {
        return heal.start.empty() ? "heal" : "heal and start" + list(heal.start);
    }
};

}  // namespace

std::string text_of(const Name& name) {
    return std::string(name_of(name.role)) + " " + std::to_string(name.id);
}

std::string text_of(Duration duration) {
    const bool micros = duration.ns % 1000 == 0;
    return std::to_string(micros ? duration.ns / 1000 : duration.ns) + (micros ? "us" : "ns");
}

std::string text_of(const LinkQuality& links) {
    return "delay " + text_of(links.delay_min) + " to " + text_of(links.delay_max) + " overtaken " +
           text_of(links.overtaken_max) + " loss " + std::to_string(links.loss_ppm) + " duplicate " +
           std::to_string(links.duplicate_ppm) + " reorder " + std::to_string(links.reorder_ppm) +
           " damage " + std::to_string(links.damage_ppm);
}

std::string text_of(const Deed& deed) {
    return std::visit(Writer{}, deed);
}

}  // namespace synod::sim
