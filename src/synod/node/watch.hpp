#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "synod/host/host.hpp"
#include "synod/node/strangers.hpp"

namespace synod::node {

// Tells people what happens in a process: always what is wrong, once; with `debug` also each change of
// ballot, leadership and promise, and once a second how far it is.
class Watch {
public:
    // `say` takes one line.
    Watch(bool debug, std::function<void(const std::string&)> say) : debug_(debug), say_(std::move(say)) {}

    // After a step.
    void look(host::Host& host, Time now) {
        const std::uint64_t refused = host.decoder().refused().total();
        if (refused != refused_) look_at_refusals(host.decoder());
        refused_ = refused;
        if (const Acceptor* acceptor = host.role<Acceptor>()) look_at_losses(*acceptor, now);
        if (debug_) look_at_roles(host, now);
    }

private:
    void look_at_losses(const Acceptor& acceptor, Time now);
    void look_at_refusals(const wire::Decoder& decoder);
    void look_at_roles(host::Host& host, Time now);
    void look_at(const Proposer& proposer);
    void look_at(const Acceptor& acceptor);

    bool debug_;
    std::function<void(const std::string&)> say_;
    std::uint64_t refused_ = 0;
    Strangers strangers_{Strangers::Clusters::share};
    InstanceId gave_up_below_;  // as said last
    Time gave_up_said_;
    wire::RefusalCounts refused_said_;

    Ballot ballot_;
    bool leading_ = false;
    Time progress_said_;
    InstanceId delivered_said_;
};

}  // namespace synod::node
