#pragma once

#include <string>

#include "synod/host/host.hpp"
#include "synod/rsm/client_commands.hpp"
#include "synod/server/connections.hpp"
#include "synod/server/majority.hpp"
#include "synod/server/options.hpp"
#include "synod/server/reads.hpp"
#include "synod/server/service.hpp"

namespace synod::server {

// What clients may ask of a server: INFO, CONFIG GET, CLIENT LIST.
class Facts : public rsm::ServerFacts {
public:
    explicit Facts(const Options& options);

    // What it looks at, from here on.
    void look_at(host::Host& host, const Service& service, const Connections& connections, const Reads& reads,
                 const Majority& majority, bool observes, const LogName& log);

    [[nodiscard]] std::vector<Section> info() const override;
    [[nodiscard]] Fields configuration() const override;
    [[nodiscard]] bool is_full() const override;
    [[nodiscard]] std::string clients() const override;

private:
    [[nodiscard]] Section server() const;
    [[nodiscard]] Section replication() const;
    [[nodiscard]] Section log() const;

    const Options& options_;
    Time started_;
    host::Host* host_ = nullptr;
    const Service* service_ = nullptr;
    const Connections* connections_ = nullptr;
    const Reads* reads_ = nullptr;
    const Majority* majority_ = nullptr;
    bool observes_ = false;
    LogName log_name_;
};

// The server that leads, of so many, as far as this one has heard; 0: none. Anybody can say that somebody
// leads who is none of them.
[[nodiscard]] std::uint16_t leader_of(const Proposer& proposer, std::size_t servers) noexcept;

}  // namespace synod::server
