#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "synod/cli/command_line.hpp"
#include "synod/cli/doctor_command.hpp"
#include "synod/cli/kv_command.hpp"
#include "synod/cli/plot_command.hpp"
#include "synod/cli/run_command.hpp"
#include "synod/cli/server_command.hpp"
#include "synod/cli/sim_command.hpp"
#include "synod/cli/status_command.hpp"
#include "synod/cli/text.hpp"
#include "synod/cli/trace_command.hpp"

namespace {

using namespace synod::cli;

struct Execute {
    int operator()(const Quit& quit) const { return quit.status; }
    int operator()(const RoleOptions& options) const { return role_command(options); }
    int operator()(const CheckOptions& options) const { return check_command(options); }
    int operator()(const StatusOptions& options) const { return status_command(options); }
    int operator()(const DoctorOptions& options) const { return doctor_command(options); }
    int operator()(const PlotOptions& options) const { return plot_command(options); }
    int operator()(const TraceOptions& options) const { return trace_command(options); }
    int operator()(const RunOptions& options) const { return run_command(options); }
    int operator()(const KvOptions& options) const { return kv_command(options); }
    int operator()(const ServerCommandOptions& options) const { return server_command(options); }
    int operator()(const SimOptions& options) const { return sim_command(options); }
};

// A file or socket opened later would else get the number of a standard stream that the caller closed, and
// what is read or printed would go there. What stands in for a closed stream refuses to be used.
void occupy_closed_streams() {
    for (int fd = 0; fd <= 2; ++fd)
        if (fcntl(fd, F_GETFD) < 0) static_cast<void>(open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY));
}

// What was printed may stand in the buffer yet, and the disk be full.
int flushed(int status) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    std::fprintf(stderr, "synod: cannot write to standard output: %s\n", std::strerror(errno));
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    occupy_closed_streams();
    try {
        return flushed(std::visit(Execute{}, parse_command_line(argc, argv)));
    } catch (const UsageError& error) {
        std::fprintf(stderr, "synod: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "synod: %s\n", error.what());
        return 1;
    }
}
