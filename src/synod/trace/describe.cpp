#include "synod/trace/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "synod/core/batch.hpp"
#include "synod/trace/names.hpp"
#include "synod/wire/type.hpp"

namespace synod::trace {

namespace {

constexpr std::size_t kShownBytesMax = 24;
constexpr std::size_t kShownBeginning = 8;  // of one that is longer
constexpr std::size_t kShownValuesMax = 6;

bool is_printable(std::byte byte) noexcept {
    const auto c = static_cast<unsigned char>(byte);
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

std::vector<Range> ranges_of(const FewRanges& ranges) {
    return {ranges.begin(), ranges.end()};
}

std::vector<Vote> votes_of(const std::vector<VoteEntry>& entries) {
    std::vector<Vote> votes;
    for (const VoteEntry& entry : entries)
        votes.push_back({entry.instance, entry.v_rnd, entry.decided, values_in(entry.v_val)});
    return votes;
}

std::string below(const char* what, std::uint64_t end) {
    return fmt::format("{} below {}", what, end);
}

// ---- One overload a message ----------------------------------------------------------------------------

void fill(const Submit& submit, Event& event) {
    event.values = values_in(submit.run);
}
void fill(const Ack& ack, Event& event) {
    event.ballot = ack.ballot;
    event.text = below("pieces", ack.next.value()) + " decided";
    if (ack.admitted > ack.next)
        event.text += ", below " + std::to_string(ack.admitted.value()) + " admitted";
    if (ack.gap_end > ack.admitted) event.text += ", below " + std::to_string(ack.gap_end.value()) + " lost";
}
void fill(const Prepare& prepare, Event& event) {
    event.ballot = prepare.ballot;
    event.instances = {{prepare.first, kInstanceEnd}};
}
void fill(const Promise& promise, Event& event) {
    event.ballot = promise.ballot;
    event.instances = {promise.covered};
    event.decided_below = promise.decided_below;
    event.votes = votes_of(promise.votes);
    if (promise.trimmed_below > InstanceId{}) event.text = below("forgotten", promise.trimmed_below.value());
}
void fill(const Accept& accept, Event& event) {
    event.ballot = accept.reign.ballot;
    event.instances = {{accept.instance, accept.instance.next()}};
    event.decided_below = accept.reign.decided_below;
    event.values = values_in(accept.v_val);
}
void fill(const Accepted& accepted, Event& event) {
    event.ballot = accepted.ballot;
    event.instances = ranges_of(accepted.voted);
    event.decided_below = accepted.decided_below;
}
void fill(const Nack& nack, Event& event) {
    event.ballot = nack.refused;
    event.higher = nack.promised;
    if (nack.trimmed_below > InstanceId{}) event.text = below("forgotten", nack.trimmed_below.value());
}
void fill(const Beacon& beacon, Event& event) {
    event.ballot = beacon.reign.ballot;
    event.decided_below = beacon.reign.decided_below;
    event.text = "next is " + std::to_string(beacon.next.value());
}
void fill(const RepairRequest& request, Event& event) {
    event.instances = ranges_of(request.wanted);
}
void fill(const Repair& repair, Event& event) {
    event.decided_below = repair.decided_below;
    event.votes = votes_of(repair.entries);
    if (repair.trimmed_below > InstanceId{}) event.text = below("forgotten", repair.trimmed_below.value());
}
void fill(const LearnerStatus& status, Event& event) {
    event.text = below("delivered", status.delivered_below.value());
}
void fill(const Hello&, Event&) {}
void fill(const Taken&, Event&) {}
void fill(const CheckpointRequest&, Event&) {}
void fill(const Checkpoint& checkpoint, Event& event) {
    event.text = "as of instance " + std::to_string(checkpoint.at.value()) + ", " +
                 std::to_string(checkpoint.entries.size()) + " sessions";
}
void fill(const Heartbeat& heartbeat, Event& event) {
    event.ballot = heartbeat.ballot;
    if (heartbeat.quiet > Duration{}) event.text = fmt::format("quiet for {} us", heartbeat.quiet.ns / 1000);
}
void fill(const Echo& echo, Event& event) {
    event.ballot = echo.claimed;
    event.higher = echo.promised;
    if (!echo.claimed.is_none()) event.text = fmt::format("claimed {} us ago", echo.silent.ns / 1000);
}
void fill(const Ping&, Event&) {}
void fill(const Election&, Event&) {}
void fill(const Answer&, Event&) {}
void fill(const Coordinator&, Event&) {}
void fill(const StatusRequest&, Event&) {}
void fill(const ProposerReport& report, Event& event) {
    event.ballot = report.ballot;
    event.higher = report.heard;
    event.decided_below = report.decided_below;
}
void fill(const AcceptorReport& report, Event& event) {
    event.ballot = report.promised;
    event.decided_below = report.decided_below;
}
void fill(const LearnerReport& report, Event& event) {
    event.decided_below = report.decided_below;
    event.text = below("delivered", report.delivered_below.value());
}
void fill(const ReadQuery&, Event&) {}
void fill(const ReadIndex& index, Event& event) {
    event.text = below("voted", index.voted_below.value());
}

}  // namespace

std::string shown(Bytes value) {
    if (!std::all_of(value.begin(), value.end(), is_printable))
        return fmt::format("<{} bytes>", value.size());
    if (value.size() <= kShownBytesMax) return fmt::format("\"{}\"", as_text(value));
    return fmt::format("\"{}...\"", as_text(value.first(kShownBeginning)));
}

std::vector<std::string> values_in(Bytes batch) {
    std::vector<std::string> values;
    std::size_t more = 0;
    RunReader reader(batch);
    while (const auto run = reader.next()) {
        run->for_each_piece(0, [&](Bytes piece, bool ends_value) {
            if (values.size() == kShownValuesMax) {
                ++more;
            } else {
                values.push_back(ends_value ? shown(piece) : fmt::format("<{} bytes>...", piece.size()));
            }
        });
    }
    if (more > 0) values.push_back("and " + std::to_string(more) + " more");
    return values;
}

void describe(const Message& message, Event& event) {
    event.type = name_of_type(wire::type_of(message));
    std::visit([&event](const auto& content) { fill(content, event); }, message);
}

}  // namespace synod::trace
