#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "synod/host/host.hpp"
#include "synod/trace/compact.hpp"
#include "synod/trace/role_watch.hpp"
#include "synod/wire/codec.hpp"

namespace synod::node {

// Writes down what a process of a real run sends, receives and does (docs/trace-format.md): there is
// one only when somebody wants a diagram. It stands between the host and its surroundings, and
// changes nothing. What it is told is in the file when flush() returns, so that it tells even of a process
// that is killed; after kEventsMax events it falls silent.
class ProcessTrace final : public host::Transport, public host::DeliverySink {
public:
    static constexpr std::size_t kEventsMax = 50'000;

    // What the process is, as its header says it.
    struct Identity {
        trace::Who who;
        std::uint64_t cluster = 0;
        std::uint64_t run = 0;
        std::uint16_t acceptors = 0;
    };

    // Hands on to `transport` and `sink` (null without a learner), which must outlive it. Throws
    // std::system_error.
    ProcessTrace(const std::string& path, const Identity& identity, host::Transport& transport,
                 host::DeliverySink* sink);

    // The host whose roles it looks at. REQUIRES: called before the host's first step.
    void start(host::Host& host, std::string text);

    void send(Destination to, Bytes head, Bytes body) override;
    void flush() override;
    void deliver(InstanceId instance, Bytes batch) override;

    // Gives a datagram to the host.
    void receive(Bytes datagram, Endpoint from, Time now);
    // Fault injection has dropped it.
    void lost(Bytes datagram);
    // After a step.
    void stepped();

private:
    void look();

    class File final : public trace::Sink {
    public:
        explicit File(const std::string& path);
        void add(trace::Event event) override;
        void flush() { stream_.flush(); }
        [[nodiscard]] bool is_full() const noexcept { return events_ == kEventsMax; }

    private:
        std::ofstream stream_;
        trace::CompactWriter writer_;
        std::size_t events_ = 0;
    };

    File file_;
    trace::RoleWatch watch_;
    host::Transport& transport_;
    host::DeliverySink* sink_;
    host::Host* host_ = nullptr;
    wire::Decoder decoder_;
    std::vector<std::byte> datagram_;           // the one that is sent, in one piece
    std::map<Endpoint, trace::Who> processes_;  // as far as they have been heard
    std::uint64_t values_written_ = 0;
};

}  // namespace synod::node
