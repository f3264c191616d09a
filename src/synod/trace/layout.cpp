#include "synod/trace/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synod/trace/names.hpp"

namespace synod::trace {

namespace {

// All in pixels.
constexpr double kCharacter = 6.7;
constexpr double kLine = 18;
constexpr double kAxis = 112;
constexpr double kMargin = 14;
constexpr double kHead = 56;  // the title and the names of the processes
constexpr double kLaneMin = 96;
constexpr double kLabelGap = 9;  // from a line to what is written beside it
constexpr double kRowMin = 9;
constexpr double kGapMax = 72;
constexpr double kGapScale = 13;  // for each doubling of the time
constexpr double kTickMin = 13;
constexpr std::size_t kLabelMax = 27;  // characters
constexpr Duration kIdle = milliseconds(4);
constexpr Duration kGapUnit = microseconds(25);

std::string shortened(std::string text) {
    if (text.size() > kLabelMax) text = text.substr(0, kLabelMax - 1) + "\u2026";
    return text;
}

// As it appears: a mark that is cut short counts as one character.
std::size_t length_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_across(const Event& event) noexcept {
    return event.kind == Kind::note || event.kind == Kind::violation || event.kind == Kind::cut ||
           event.kind == Kind::mended || !event.process;
}

class Drafting {
public:
    Drafting(const std::vector<Event>& events, const DiagramOptions& options)
        : options_(options), names_(events), messages_(events) {
        for (const Event& event : events) {
            if (is_shown(event)) events_.push_back(&event);
        }
        std::stable_sort(events_.begin(), events_.end(),
                         [](const Event* a, const Event* b) { return a->at < b->at; });
    }

    Layout draft() {
        find_lanes();
        for (const Event* event : events_)
            note_label(*event);
        place_lanes();
        place_rows();
        for (const Event* event : events_)
            place(*event);
        end_stretches();
        return std::move(layout_);
    }

private:
    struct Row {
        Time at;
        std::map<std::size_t, unsigned> labels;  // by lane
        unsigned across = 0;                     // bands
        double y = 0;
        std::map<std::size_t, unsigned> placed;
        unsigned across_placed = 0;
    };
    struct Life {
        Layout::State state = Layout::State::absent;
        double since = 0;
        std::optional<std::size_t> ballot;
    };

    [[nodiscard]] const Event& sending_of(const Event& event) const {
        const Event* sent = messages_.find(event.message);
        return sent == nullptr ? event : *sent;
    }
    [[nodiscard]] bool is_shown(const Event& event) const {
        const bool to_itself = event.kind == Kind::received && event.process == event.peer;
        return !to_itself && (options_.chatter || !(event.chatter || sending_of(event).chatter));
    }
    [[nodiscard]] std::size_t lane_of(const Who& who) const {
        const auto at = std::find_if(layout_.lanes.begin(), layout_.lanes.end(),
                                     [&](const Layout::Lane& lane) { return lane.who == who; });
        return static_cast<std::size_t>(at - layout_.lanes.begin());
    }
    [[nodiscard]] Row& row_at(Time at) {
        return *std::lower_bound(rows_.begin(), rows_.end(), at,
                                 [](const Row& row, Time t) { return row.at < t; });
    }
    std::optional<std::size_t> ballot_number(const Ballot& ballot) {
        if (ballot.is_none()) return std::nullopt;
        const std::string name = names_.name(ballot);
        const auto at = std::find(layout_.ballots.begin(), layout_.ballots.end(), name);
        const auto number = static_cast<std::size_t>(at - layout_.ballots.begin());
        if (at == layout_.ballots.end()) layout_.ballots.push_back(name);
        return number;
    }

    void find_lanes();
    void note_label(const Event& event);
    void place_lanes();
    void place_rows();
    void add_tick(const Row& row, Duration since_last);
    void place(const Event& event);
    void place_band(const Event& event);
    void place_mark(const Event& event, std::size_t lane, Layout::Point at);
    void place_arrow(const Event& event, std::size_t lane, Layout::Point at);
    void live(const Event& event, std::size_t lane, double y);
    void end_stretch(std::size_t lane, double y);
    void end_stretches();
    [[nodiscard]] std::string label_of(const Event& event) const;
    [[nodiscard]] std::string message_label(const Event& event) const;
    [[nodiscard]] std::string band_text(const Event& event) const;
    [[nodiscard]] std::string hover_of(const Event& event) const;

    const DiagramOptions& options_;
    BallotNames names_;
    Messages messages_;
    std::vector<const Event*> events_;
    std::vector<Row> rows_;
    std::vector<double> lane_widths_;
    std::map<std::uint64_t, Layout::Point> sent_from_;
    std::vector<Life> lives_;
    std::map<Time, std::string> links_;  // cut and mended, together
    Layout layout_;
};

// ---- What is written -----------------------------------------------------------------------------------

std::string value_text(const std::vector<std::string>& values) {
    return values.empty() ? "no-op" : text_of(values);
}

std::string Drafting::message_label(const Event& event) const {
    std::string label = event.type;
    if (!event.ballot.is_none() && event.type != "Ack")
        label += fmt::format(" {}", names_.name(event.ballot));
    if (event.type == "2A")
        label += fmt::format(" {}={}", text_of(event.instances), value_text(event.values));
    if (event.type == "2B") label += fmt::format(" {}", text_of(event.instances));
    if (event.type == "Submit") label += fmt::format(" {}", text_of(event.values));
    if (event.type == "RepairRequest") label += fmt::format(" {}", text_of(event.instances));
    if (event.type == "Nack") label += fmt::format(", has {}", names_.name(event.higher));
    for (const Vote& vote : event.votes)
        label += fmt::format(" {}={}", vote.instance.value(), value_text(vote.values));
    if (event.type == "Beacon" && event.decided_below > InstanceId{})
        label += fmt::format(" decided<{}", event.decided_below.value());
    return label;
}

std::string Drafting::label_of(const Event& event) const {
    switch (event.kind) {
        case Kind::sent:
            return message_label(event);
        case Kind::promised:
            return fmt::format("promises {}", names_.name(event.ballot));
        case Kind::accepted:
            return fmt::format("accepts {}={}", text_of(event.instances), value_text(event.values));
        case Kind::chosen:
            return text_of(event.instances) + " is chosen";
        case Kind::decided:
            return fmt::format("decides {}", text_of(event.instances));
        case Kind::leads:
            return fmt::format("leads {}", names_.name(event.ballot));
        case Kind::delivered:
            return fmt::format("delivers {}={}", text_of(event.instances), value_text(event.values));
        case Kind::acknowledged:
            return fmt::format("knows: {}", event.text);
        case Kind::started:
            return event.at == events_.front()->at ? "" : fmt::format("starts {}", event.text);
        case Kind::submitted:
        case Kind::received:
        case Kind::lost:
            return "";
        default:
            return action_of(event);
    }
}

std::string Drafting::band_text(const Event& event) const {
    if (event.kind == Kind::cut || event.kind == Kind::mended)
        return fmt::format("{} {}", name_of(*event.process), action_of(event));
    return event.kind == Kind::violation ? fmt::format("VIOLATION: {}", event.text) : event.text;
}

std::string Drafting::hover_of(const Event& event) const {
    return fmt::format("{:.3f} ms  {} {}\n{}", static_cast<double>(event.at.ns) / 1e6,
                       event.process ? name_of(*event.process) : "", action_of(event),
                       details_of(event, names_));
}

// ---- Where it stands -----------------------------------------------------------------------------------

void Drafting::find_lanes() {
    std::vector<Who> whos;
    for (const Event* event : events_) {
        if (event->process && event->kind != Kind::note) whos.push_back(*event->process);
    }
    std::sort(whos.begin(), whos.end());
    whos.erase(std::unique(whos.begin(), whos.end()), whos.end());
    for (const Who& who : whos)
        layout_.lanes.push_back({who, 0});
    lane_widths_.assign(whos.size(), kLaneMin);
    lives_.resize(whos.size());
}

void Drafting::note_label(const Event& event) {
    if (rows_.empty() || rows_.back().at != event.at) rows_.push_back({event.at, {}, 0, 0, {}, 0});
    Row& row = rows_.back();
    if (is_across(event)) {
        row.across += 1;
        return;
    }
    const std::string label = shortened(label_of(event));
    if (label.empty()) return;
    const std::size_t lane = lane_of(*event.process);
    ++row.labels[lane];
    const double width = static_cast<double>(length_of(label)) * kCharacter + 2 * kLabelGap + 10;
    lane_widths_[lane] = std::max(lane_widths_[lane], width);
}

void Drafting::place_lanes() {
    double x = kAxis;
    for (std::size_t lane = 0; lane < layout_.lanes.size(); ++lane) {
        layout_.lanes[lane].x = x;
        x += lane_widths_[lane];
    }
    layout_.width = x + kMargin;
}

void Drafting::place_rows() {
    layout_.top = kHead;
    double y = kHead + kLine;
    Time last;
    double last_tick = 0;
    for (Row& row : rows_) {
        const Duration since_last = &row == &rows_.front() ? Duration{} : row.at.since(last);
        const double units = static_cast<double>(since_last.ns) / static_cast<double>(kGapUnit.ns);
        y += std::min(kGapMax, kGapScale * std::log2(1 + units));
        row.y = y + row.across * kLine;  // what concerns all stands above
        if (row.y - last_tick >= kTickMin || since_last >= kIdle) {
            add_tick(row, since_last);
            last_tick = row.y;
        }
        unsigned lines = 0;
        for (const auto& [lane, labels] : row.labels)
            lines = std::max(lines, labels);
        y = row.y + std::max(kRowMin, lines * kLine);
        last = row.at;
    }
    layout_.bottom = y + kLine;
}

void Drafting::add_tick(const Row& row, Duration since_last) {
    if (since_last >= kIdle) {
        const double between = row.y - row.across * kLine - kGapMax / 2;
        layout_.ticks.push_back(
            {between, fmt::format("{:.0f} ms", static_cast<double>(since_last.ns) / 1e6), true});
    }
    layout_.ticks.push_back({row.y, fmt::format("{:.3f}", static_cast<double>(row.at.ns) / 1e6), false});
}

void Drafting::place(const Event& event) {
    if (is_across(event)) return place_band(event);
    const std::size_t lane = lane_of(*event.process);
    Row& row = row_at(event.at);
    const bool has_label = !label_of(event).empty();
    const unsigned line = has_label ? row.placed[lane]++ : row.placed[lane];
    const bool arrives = event.kind == Kind::received || event.kind == Kind::lost;
    const Layout::Point at{layout_.lanes[lane].x, row.y + (arrives ? 0 : line * kLine)};
    live(event, lane, at.y);
    if (arrives) return place_arrow(event, lane, at);
    if (event.kind == Kind::sent) sent_from_[event.message] = at;
    place_mark(event, lane, at);
}

void Drafting::place_band(const Event& event) {
    Row& row = row_at(event.at);
    const double y = row.y - (row.across - row.across_placed) * kLine;
    ++row.across_placed;
    layout_.bands.push_back({y, band_text(event), event.kind == Kind::violation});
    if (event.kind != Kind::violation || !event.process) return;
    const Layout::Point at{layout_.lanes[lane_of(*event.process)].x, y - 3};
    layout_.marks.push_back({at, event.kind, std::nullopt, "", hover_of(event), false});
}

void Drafting::place_mark(const Event& event, std::size_t, Layout::Point at) {
    layout_.marks.push_back({at, event.kind, ballot_number(event.ballot), shortened(label_of(event)),
                             hover_of(event), event.chatter});
}

void Drafting::place_arrow(const Event& event, std::size_t lane, Layout::Point at) {
    const auto from = sent_from_.find(event.message);
    if (from == sent_from_.end()) return;
    const Event& sent = sending_of(event);
    Layout::Arrow arrow{from->second, at, event.message, ballot_number(sent.ballot)};
    arrow.listens = sent.peer && sent.peer->group && sent.peer->role != layout_.lanes[lane].who.role;
    arrow.lost = event.kind == Kind::lost;
    arrow.chatter = sent.chatter;
    arrow.hover = hover_of(sent);
    if (arrow.lost) {  // cut short, on its way down
        const double slope = at.y > from->second.y ? 1 : 0;
        const double reach = slope > 0 ? 0.85 : 0.6;
        const double fall = slope > 0 ? (at.y - from->second.y) * reach : 16;
        arrow.to = {from->second.x + (at.x - from->second.x) * reach, from->second.y + fall};
        arrow.hover += fmt::format("\nlost on the way to {}: {}", name_of(*event.process), event.text);
    }
    layout_.arrows.push_back(std::move(arrow));
}

// ---- The lines of the processes ------------------------------------------------------------------------

void Drafting::live(const Event& event, std::size_t lane, double y) {
    Life& life = lives_[lane];
    const auto become = [&](Layout::State state) {
        end_stretch(lane, y);
        life.state = state;
        life.since = y;
    };
    switch (event.kind) {
        case Kind::started:
        case Kind::resumed:
        case Kind::stands_down:
            become(Layout::State::alive);
            life.ballot.reset();
            break;
        case Kind::leads:
            become(Layout::State::leading);
            life.ballot = ballot_number(event.ballot);
            break;
        case Kind::paused:
            become(Layout::State::paused);
            break;
        case Kind::crashed:
        case Kind::gave_up:
            become(Layout::State::absent);
            break;
        default:
            // A trace that begins in the middle of a life.
            if (life.since == 0 && event.kind != Kind::lost) {
                life.state = Layout::State::alive;
                life.since = layout_.top;
            }
    }
}

void Drafting::end_stretch(std::size_t lane, double y) {
    const Life& life = lives_[lane];
    const double from = life.since == 0 ? layout_.top : life.since;
    layout_.stretches.push_back({layout_.lanes[lane].x, from, y, life.state, life.ballot});
}

void Drafting::end_stretches() {
    for (std::size_t lane = 0; lane < lives_.size(); ++lane)
        end_stretch(lane, layout_.bottom);
}

}  // namespace

Layout lay_out(const std::vector<Event>& events, const DiagramOptions& options) {
    return Drafting(events, options).draft();
}

}  // namespace synod::trace
