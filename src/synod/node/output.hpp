#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/delivery.hpp"
#include "synod/host/host.hpp"
#include "synod/node/poller.hpp"
#include "synod/node/report.hpp"
#include "synod/node/stamps.hpp"
#include "synod/node/verifier.hpp"

namespace synod::node {

// What a learner process does with what is delivered: prints the values, one a line, or checks generated
// ones; and, when a runner listens, counts and times them.
class Output : public host::DeliverySink {
public:
    // Prints to `fd`; -1: only checks.
    Output(int fd, bool counts, Verifier::Values values, const Stamps& stamps);

    void deliver(InstanceId instance, Bytes batch) override;
    // Writes out what is there. Blocks while the reader is slow; a signal to stop ends this, after a grace.
    // Throws std::system_error when the reader is gone.
    void flush(const Poller& poller);

    [[nodiscard]] const Progress& progress() const noexcept { return progress_; }
    [[nodiscard]] const std::string& first_fault() const noexcept { return verifier_.first_fault(); }
    [[nodiscard]] FinalReport final_report() const;

private:
    void print(Bytes value);
    void count(SessionId session, Bytes value, std::uint64_t now_ns);

    int fd_;
    bool counts_;
    const Stamps& stamps_;
    Delivery delivery_;
    Verifier verifier_;
    Progress progress_;
    Histogram latency_;
    Timeline timeline_;
    std::vector<char> lines_;
};

}  // namespace synod::node
