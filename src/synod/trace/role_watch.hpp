#pragma once

#include <array>
#include <map>

#include "synod/core/acceptor.hpp"
#include "synod/core/client.hpp"
#include "synod/core/delivery.hpp"
#include "synod/core/proposer.hpp"
#include "synod/trace/event.hpp"
#include "synod/wire/type.hpp"

namespace synod::trace {

// Looks at one process from outside, after each of its steps, and tells what has become of its role. The
// roles know nothing of it.
class RoleWatch {
public:
    // `sink` must outlive it.
    RoleWatch(Who who, Sink& sink) : who_(who), sink_(&sink) {}

    // A life begins: nothing is known of it yet.
    void started(Time now, std::string text);
    void happened(Kind kind, Time now, std::string text = {});
    void sent(const Message& message, Destination to, std::optional<Who> peer, std::uint64_t number,
              Time now);
    void received(std::uint64_t number, Who from, Time now) { passed(Kind::received, number, from, now, {}); }
    // `in_vain`: nobody is there to miss it.
    void lost(std::uint64_t number, Who from, Time now, std::string why, bool in_vain = false) {
        passed(Kind::lost, number, from, now, std::move(why), in_vain);
    }

    void submitted(Bytes value, Time now);
    // A 2A for this instance has been taken in.
    void took(const Acceptor& acceptor, InstanceId instance, Ballot ballot, Time now);
    void chosen(const Acceptor& acceptor, InstanceId instance, Ballot ballot, Time now);
    void stepped(const Acceptor& acceptor, Time now);
    void stepped(const Proposer& proposer, Time now);
    void stepped(const Client& client, Time now);
    void delivered(InstanceId instance, Bytes batch, Time now);

private:
    [[nodiscard]] Event event(Kind kind, Time now) const;
    void passed(Kind kind, std::uint64_t number, Who from, Time now, std::string text, bool chatter = false);
    void voted(Kind kind, const Acceptor& acceptor, InstanceId instance, Ballot ballot, Time now);

    Who who_;
    Sink* sink_;

    std::array<Event, wire::kTypes + 1> said_;  // of each type the last message
    Ballot promised_;
    std::map<InstanceId, Ballot> votes_;
    Ballot reign_;
    bool leads_ = false;
    InstanceId delivered_below_;
    std::uint64_t values_decided_ = 0;
    Delivery delivery_;
};

}  // namespace synod::trace
