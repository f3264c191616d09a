#include "synod/node/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "synod/node/clock.hpp"
#include "synod/node/session.hpp"

namespace synod::node {

namespace {

constexpr int kGraceMs = 1000;  // for a slow reader, after the signal to stop

// False: the process is to stop, and the reader does not take any more.
bool wait_for_reader(int fd, const Poller& poller) {
    const bool stopping = poller.told_to_stop();
    pollfd waits[] = {{fd, POLLOUT, 0}, {stopping ? -1 : poller.signal_fd(), POLLIN, 0}};
    ::poll(waits, 2, stopping ? kGraceMs : -1);
    if (waits[0].revents != 0) return true;
    if (stopping) return false;
    pollfd last = {fd, POLLOUT, 0};
    return ::poll(&last, 1, kGraceMs) > 0;
}

}  // namespace

Output::Output(int fd, bool counts, Verifier::Values values, const Stamps& stamps)
    : fd_(fd), counts_(counts), stamps_(stamps), verifier_(values) {}

void Output::deliver(InstanceId, Bytes batch) {
    const std::uint64_t now_ns = counts_ ? now().ns : 0;
    const std::uint64_t before = progress_.delivered;
    delivery_.deliver(batch, [&](SessionId session, Bytes value) {
        if (fd_ >= 0) print(value);
        if (counts_) count(session, value, now_ns);
    });
    if (counts_) timeline_.record(now_ns, progress_.delivered - before);
}

void Output::print(Bytes value) {
    const std::string_view text = as_text(value);
    lines_.insert(lines_.end(), text.begin(), text.end());
    lines_.push_back('\n');
}

void Output::count(SessionId session, Bytes value, std::uint64_t now_ns) {
    const std::uint16_t client = client_of(session);
    const std::uint64_t number = verifier_.deliver(client, value);
    ++progress_.delivered;
    progress_.bytes += value.size();
    progress_.last_ns = now_ns;
    if (progress_.first_ns == 0) progress_.first_ns = now_ns;
    if (!Stamps::sampled(number)) return;
    if (const auto submitted_ns = stamps_.read(client, number)) {
        const std::uint64_t latency_ns = now_ns > *submitted_ns ? now_ns - *submitted_ns : 0;
        latency_.record(latency_ns);
        timeline_.record_latency(now_ns, latency_ns);
    }
}

void Output::flush(const Poller& poller) {
    std::size_t written = 0;
    while (written < lines_.size()) {
        if (!wait_for_reader(fd_, poller)) break;
        const std::size_t size = std::min<std::size_t>(lines_.size() - written, 64 << 10);
        const ssize_t count = ::write(fd_, lines_.data() + written, size);
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            throw std::system_error(errno, std::generic_category(), "writing values to standard output");
        }
        if (count > 0) written += static_cast<std::size_t>(count);
    }
    lines_.clear();
}

FinalReport Output::final_report() const {
    FinalReport report;
    verifier_.fill(report);
    report.progress = progress_;
    report.latency = latency_;
    report.timeline = timeline_;
    return report;
}

}  // namespace synod::node
