#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synod/core/fifo.hpp"
#include "synod/member/own_session.hpp"
#include "synod/node/poller.hpp"
#include "synod/node/runtime.hpp"
#include "synod/node/strangers.hpp"
#include "synod/server/connections.hpp"
#include "synod/server/facts.hpp"
#include "synod/server/majority.hpp"
#include "synod/server/operation_log.hpp"
#include "synod/server/options.hpp"
#include "synod/server/reads.hpp"
#include "synod/server/service.hpp"
#include "synod/server/snapshot_fetch.hpp"
#include "synod/server/snapshot_sender.hpp"
#include "synod/server/state_loader.hpp"

namespace synod::server {

// One of the servers of a replicated key-value store: all roles, the store, and the Redis clients, in one
// loop. SIGTERM and SIGINT end it.
class Server {
public:
    // Called with a line for people.
    using Say = std::function<void(const std::string&)>;

    // Throws what a Runtime, a listener or a file throws; then it has left no mark.
    Server(Options options, Say say);

    // Until it is told to end; throws std::runtime_error when it cannot go on.
    void run();

private:
    void turn();
    [[nodiscard]] Time deadline() const;
    void take_requests(Time now);
    [[nodiscard]] bool has_room() const noexcept { return session_.has_room() && reads_.has_room(); }
    void write(Connections::Ticket ticket, std::string_view operation, rsm::UnixTime clock, Time now);
    void read(Connections::Ticket ticket, const rsm::Connection::Request& request, rsm::UnixTime clock,
              Time now);
    void mark(rsm::UnixTime clock, Time now);
    void submit(std::optional<Connections::Ticket> ticket, std::string_view operation, rsm::UnixTime clock,
                Time now);
    void write_comes(Bytes value);
    [[nodiscard]] std::optional<Connections::Ticket> take_asking();
    void lose_below(PieceNumber next);
    void serve_session();
    void begin_another_session();
    void lose(std::size_t count);
    void answer(std::string_view reply);
    void answer_reads();
    void answer(std::span<const Reads::Read> reads);
    void tell_news(Time now);
    void tell_leader();
    void flush_log();
    void send_snapshots();
    void catch_up(Time now);
    void ask_for_snapshot(Time now);
    void install_loaded(Time now);
    void install(State state, Time now);
    [[nodiscard]] std::string_view why_not(const State& state);
    void refuse(std::string_view why, Time now);

    const Options options_;
    Say say_;
    node::Poller signals_;
    Facts facts_;
    Connections connections_;
    std::optional<OperationLog> log_;
    Service service_;
    node::Runtime runtime_;
    member::OwnSession session_;
    // For what is under way in the session, in its order: who waits for the answer. Nobody: it is a mark.
    Fifo<std::optional<Connections::Ticket>> asking_;
    Reads reads_;
    std::optional<Connections::Ticket> asked_;  // for the value of the session that is being applied
    const LogName log_name_;
    SnapshotSender snapshot_sender_;
    SnapshotFetch snapshot_fetch_;
    StateLoader loader_;
    Majority majority_;
    node::Strangers strangers_{node::Strangers::Clusters::alone};
    rsm::UnixTime clock_marked_;       // the last one that a read has sent a mark for
    unsigned snapshots_in_a_row_ = 0;  // since it missed nothing
    Time near_at_;                     // when it was last not far behind the others
    std::uint16_t leader_told_ = 0;
};

}  // namespace synod::server
