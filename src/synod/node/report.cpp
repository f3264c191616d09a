#include "synod/node/report.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

namespace synod::node {
namespace {

using Json = nlohmann::json;

Json to_json(const Progress& p) {
    return {{"submitted", p.submitted}, {"decided", p.decided},   {"delivered", p.delivered},
            {"bytes", p.bytes},         {"first_ns", p.first_ns}, {"last_ns", p.last_ns}};
}

Progress progress_from(const Json& json) {
    return {json.at("submitted"), json.at("decided"),  json.at("delivered"),
            json.at("bytes"),     json.at("first_ns"), json.at("last_ns")};
}

Json to_json(const Timeline& timeline) {
    Json intervals = Json::array();
    for (const Timeline::Interval& i : timeline.intervals())
        intervals.push_back({i.values, i.latency_ns_max});
    Json samples = Json::array();
    for (const Timeline::Sample& s : timeline.samples())
        samples.push_back({s.at_ns, s.latency_ns});
    return {{"width_ns", timeline.width_ns()},
            {"first", timeline.first()},
            {"intervals", std::move(intervals)},
            {"samples", std::move(samples)}};
}

Timeline timeline_from(const Json& json) {
    std::vector<Timeline::Interval> intervals;
    for (const Json& i : json.at("intervals"))
        intervals.push_back({i.at(0), i.at(1)});
    std::vector<Timeline::Sample> samples;
    for (const Json& s : json.at("samples"))
        samples.push_back({s.at(0), s.at(1)});
    return {json.at("width_ns"), json.at("first"), std::move(intervals), std::move(samples)};
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

struct LineOf {
    std::string operator()(const Ready&) const { return dump({{"event", "ready"}}); }
    // Fifty times a second, so not by way of a tree in the heap.
    std::string operator()(const Progress& p) const {
        return fmt::format(
            R"({{"event":"progress","submitted":{},"decided":{},"delivered":{},"bytes":{},"first_ns":{},"last_ns":{}}})"
            "\n",
            p.submitted, p.decided, p.delivered, p.bytes, p.first_ns, p.last_ns);
    }
    std::string operator()(const Happened& happened) const {
        return dump({{"event", "happened"}, {"at_ns", happened.at_ns}, {"what", happened.what}});
    }
    std::string operator()(const Violation& violation) const {
        return dump({{"event", "violation"}, {"text", violation.text}});
    }
    std::string operator()(const FinalReport& report) const {
        Json clients = Json::object();
        for (const auto& [client, count] : report.per_client)
            clients[std::to_string(client)] = count;
        return dump({{"event", "final"},
                     {"progress", to_json(report.progress)},
                     {"per_client", clients},
                     {"hash", std::to_string(report.hash)},
                     {"duplicated", report.duplicated},
                     {"misordered", report.misordered},
                     {"corrupt", report.corrupt},
                     {"latency", report.latency.to_text()},
                     {"timeline", to_json(report.timeline)},
                     {"counters", report.counters}});
    }
};

std::optional<FinalReport> final_from(const Json& json) {
    FinalReport report;
    report.progress = progress_from(json.at("progress"));
    for (const auto& [client, count] : json.at("per_client").items())
        report.per_client[static_cast<std::uint16_t>(std::stoul(client))] = count;
    report.hash = std::stoull(json.at("hash").get<std::string>());
    report.duplicated = json.at("duplicated");
    report.misordered = json.at("misordered");
    report.corrupt = json.at("corrupt");
    report.counters = json.at("counters");
    report.timeline = timeline_from(json.at("timeline"));
    auto latency = Histogram::from_text(json.at("latency").get<std::string>());
    if (!latency) return std::nullopt;
    report.latency = std::move(*latency);
    return report;
}

std::optional<Report> report_from(const Json& json) {
    const std::string event = json.at("event");
    if (event == "ready") return Ready{};
    if (event == "progress") return progress_from(json);
    if (event == "happened") return Happened{json.at("at_ns"), json.at("what")};
    if (event == "violation") return Violation{json.at("text")};
    if (event != "final") return std::nullopt;
    if (auto report = final_from(json)) return Report(std::move(*report));
    return std::nullopt;
}

bool wait_until_writable(int fd) {
    pollfd waited{fd, POLLOUT, 0};
    return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

std::string to_line(const Report& report) {
    return std::visit(LineOf{}, report);
}

std::optional<Report> parse_report(std::string_view line) {
    try {
        return report_from(Json::parse(line));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

// A runner that is gone must not end this process by a signal of the report pipe; non-blocking, because
// progress matters less than the protocol.
Reporter::Reporter(int fd, Duration interval) : fd_(fd), interval_(interval) {
    if (fd_ < 0) return;
    std::signal(SIGPIPE, SIG_IGN);
    fcntl(fd_, F_SETFD, FD_CLOEXEC);
    fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

void Reporter::ready() {
    if (listening()) write_whole(to_line(Ready{}));
}

void Reporter::progress_moved(const Progress& progress, std::uint64_t now_ns) {
    if (now_ns >= written_ns_ + interval_.ns)
        write_progress(progress, now_ns);
    else
        withheld_ = true;
}

void Reporter::idle(const Progress& progress, std::uint64_t now_ns) {
    if (listening() && (withheld_ || !(progress == last_))) write_progress(progress, now_ns);
}

// A full pipe keeps the line back, like one that comes too soon. Lines of progress are shorter than
// PIPE_BUF, so they are written whole or not at all.
void Reporter::write_progress(const Progress& progress, std::uint64_t now_ns) {
    const std::string line = to_line(progress);
    const bool written = write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    withheld_ = !written;
    written_ns_ = now_ns;
    if (written) last_ = progress;
}

void Reporter::write_whole(std::string_view line) const {
    while (!line.empty()) {
        const ssize_t written = write(fd_, line.data(), line.size());
        if (written >= 0)
            line.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR && (errno != EAGAIN || !wait_until_writable(fd_)))
            return;
    }
}

void Reporter::final(const FinalReport& report) {
    if (listening()) write_whole(to_line(report));
}

void Reporter::happened(std::uint64_t now_ns, std::string_view what) {
    if (listening()) write_whole(to_line(Happened{now_ns, std::string(what)}));
}

void Reporter::violation(std::string_view text) {
    if (listening()) write_whole(to_line(Violation{std::string(text)}));
}

}  // namespace synod::node
