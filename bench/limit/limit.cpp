// synod_limit: what the kernel and the processor carry when nobody has to agree on anything. Every figure of
// a benchmark is worth what it is of this one, measured in the same run.

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "limit/stations.hpp"
#include "synod/net/error.hpp"

namespace synod::limit {
namespace {

Board& share_board() {
    void* const memory =
        mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    return *new (memory) Board;
}

// Ports that no other run on this host has at the same time.
void choose_groups(Plan& plan) {
    const auto ip = (239U << 24) | (255U << 16) | 77U;
    const auto port = static_cast<std::uint16_t>(20'000 + getpid() % 10'000 * 3);
    plan.proposers = {ip, port};
    plan.acceptors_group = {ip, static_cast<std::uint16_t>(port + 1)};
    plan.learners_group = {ip, static_cast<std::uint16_t>(port + 2)};
}

// Sockets that are opened from here on belong to that network namespace, and stay there.
void enter(const std::string& netns) {
    const std::string path = "/run/netns/" + netns;
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) != 0) throw std::system_error(errno, std::generic_category(), path);
    close(fd);
}

// Each in its own network namespace, if there are such.
std::vector<std::unique_ptr<Station>> stations(const Plan& plan, Board& board,
                                               const std::vector<std::string>& netns) {
    std::vector<std::unique_ptr<Station>> all;
    const auto next = [&] {
        if (!netns.empty()) enter(netns.at(all.size()));
    };
    next();
    all.push_back(std::make_unique<Proposer>(plan, board));
    for (std::uint32_t a = 0; a < plan.acceptors; ++a) {
        next();
        all.push_back(std::make_unique<Acceptor>(plan, board, a));
    }
    for (std::uint32_t l = 0; l < plan.learners; ++l) {
        next();
        all.push_back(std::make_unique<Learner>(plan, board, l));
    }
    for (std::uint32_t c = 0; c < plan.clients; ++c) {
        next();
        all.push_back(std::make_unique<Client>(plan, board, c));
    }
    return all;
}

void run(const Plan& plan, Board& board, const std::vector<std::unique_ptr<Station>>& all) {
    std::vector<pid_t> children;
    for (const auto& station : all) {
        const pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            station->run();
            _exit(0);
        }
        children.push_back(child);
    }
    // Whoever lost a datagram waits for ever, and so does everybody else.
    const std::uint64_t deadline = now_ns() + static_cast<std::uint64_t>((plan.seconds + 3) * 1e9);
    while (!board.stop && now_ns() < deadline)
        usleep(20'000);
    if (!board.stop) board.failed = board.stop = true;
    for (const pid_t child : children)
        waitpid(child, nullptr, 0);
}

nlohmann::ordered_json result(const Plan& plan, Board& board) {
    const std::uint64_t values =
        *std::min_element(board.delivered.begin(), board.delivered.begin() + plan.learners);
    const double seconds = static_cast<double>(board.nanoseconds) / 1e9;
    nlohmann::ordered_json json{{"values", values}, {"seconds", seconds}};
    json["values_per_second"] = seconds > 0 ? static_cast<double>(values) / seconds : 0.0;
    std::vector<std::uint32_t> latency(board.latency_ns.begin(), board.latency_ns.begin() + board.samples);
    if (latency.empty()) return json;
    std::sort(latency.begin(), latency.end());
    const auto at = [&](double share) {
        return latency[static_cast<std::size_t>(share * static_cast<double>(latency.size() - 1))] / 1e3;
    };
    json["latency_us"] = {{"p50", at(0.5)}, {"p99", at(0.99)}, {"max", at(1)}};
    return json;
}

int main_of(int argc, char** argv) {
    Plan plan;
    bool no_work = false;
    CLI::App app(
        "What the data path of a cluster carries without the protocol: client, proposer, acceptors, "
        "learners.");
    app.add_option("--clients", plan.clients)->check(CLI::Range(1U, kClientsMax));
    app.add_option("--acceptors", plan.acceptors)->check(CLI::Range(1U, kAcceptorsMax));
    app.add_option("--learners", plan.learners)->check(CLI::Range(1U, kLearnersMax));
    app.add_option("--size", plan.value_bytes, "bytes of a value")->check(CLI::Range(1, 60'000));
    app.add_option("--datagram", plan.datagram_bytes, "bytes of values in a datagram")
        ->check(CLI::Range(64, 60'000));
    app.add_option("--window", plan.window_bytes, "bytes under way")->check(CLI::Range(1 << 10, 64 << 20));
    app.add_option("--seconds", plan.seconds)->check(CLI::Range(0.1, 60.0));
    app.add_option("--rate", plan.rate, "values a second, and their latency")->check(CLI::Range(0.0, 1e9));
    app.add_flag("--alone", plan.alone, "each only when the last one has been delivered");
    app.add_option("--interface", plan.interface, "the network interface (lo)");
    std::vector<std::string> netns;
    app.add_option("--netns", netns,
                   "a network namespace for each process: proposer, acceptors, learners, clients");
    app.add_flag("--no-work", no_work, "values are neither numbered nor kept nor checked");
    CLI11_PARSE(app, argc, argv);
    if (!netns.empty() && netns.size() != 1 + plan.acceptors + plan.learners + plan.clients) {
        std::fputs("synod_limit: --netns takes as many namespaces as there are processes\n", stderr);
        return 2;
    }
    plan.work = !no_work;
    plan.datagram_bytes = std::max(plan.datagram_bytes, plan.value_bytes);
    choose_groups(plan);
    Board& board = share_board();
    run(plan, board, stations(plan, board, netns));
    if (board.failed) {
        std::fputs(
            "synod_limit: a datagram was lost, and nothing is sent again here; try a smaller --window\n",
            stderr);
        return 1;
    }
    std::puts(result(plan, board).dump().c_str());
    return 0;
}

}  // namespace
}  // namespace synod::limit

int main(int argc, char** argv) {
    try {
        return synod::limit::main_of(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "synod_limit: %s\n", error.what());
        return 1;
    }
}
