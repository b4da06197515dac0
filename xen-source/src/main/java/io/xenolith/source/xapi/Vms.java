package io.xenolith.source.xapi;

import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.records.VmGuestMetrics;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Calls about VMs, their snapshots and templates.
public final class Vms extends ObjectCalls<Vm> {

    Vms(Calls calls, Tasks tasks) {
        super(Vm.CLASS, calls, tasks);
    }

    /// What people call VMs: neither templates, nor snapshots, nor control domains.
    public List<Vm> machines() throws IOException, InterruptedException {
        return all().stream().filter(Vm::isMachine).toList();
    }

    /// VMs of this name, often one; names are not unique. Neither templates nor snapshots.
    public List<Vm> byName(String name) throws IOException, InterruptedException {
        var refs = ask("get_by_name_label", name).texts().stream().map(Ref<Vm>::new).toList();
        return existing(refs).stream().filter(Vm::isMachine).toList();
    }

    /// Takes a snapshot of all disks but `without`, one after another while the VM runs.
    ///
    /// @param without disks to leave out, for which hosts before XenServer 8 and XCP-ng 8.3 are too old
    /// @throws UnavailableException if disks are to be left out and the host cannot; nothing was done
    /// @throws io.xenolith.source.xapi.error.BusyException if the VM is migrating, or busy otherwise
    public Ref<Vm> snapshot(Ref<Vm> vm, String name, List<Ref<Vdi>> without) throws IOException, InterruptedException {
        var made = without.isEmpty() ? run("snapshot", vm, name) : run("snapshot", vm, name, without);
        return new Ref<>(made.text());
    }

    /// Takes a snapshot after the guest's tools brought file systems and applications to rest, as hosts before 8.1 could
    /// with some Windows guests.
    ///
    /// @throws io.xenolith.source.xapi.error.XapiException if host or guest cannot; a plain snapshot still can be taken
    public Ref<Vm> snapshotQuiesced(Ref<Vm> vm, String name) throws IOException, InterruptedException {
        return new Ref<>(run("snapshot_with_quiesce", vm, name).text());
    }

    /// Takes a snapshot with memory; the VM stands still meanwhile.
    public Ref<Vm> checkpoint(Ref<Vm> vm, String name) throws IOException, InterruptedException {
        return new Ref<>(run("checkpoint", vm, name).text());
    }

    /// Makes a halted VM without devices.
    ///
    /// @param record its fields; a host wants every mandatory one, and takes no uuid
    public Ref<Vm> create(Map<String, ?> record) throws IOException, InterruptedException {
        return new Ref<>(tell("create", record).text());
    }

    /// Removes a VM or snapshot with its devices; its disks stay. One that is gone already is fine.
    public void destroy(Ref<Vm> vm) throws IOException, InterruptedException {
        runDestroy(vm);
    }

    public void start(Ref<Vm> vm) throws IOException, InterruptedException {
        run("start", vm, false, false); // not paused, not by force
    }

    /// Asks the guest to shut down, and waits until it has.
    ///
    /// @throws io.xenolith.source.xapi.error.XapiException if it does not run, or has no tools and does not listen
    public void cleanShutdown(Ref<Vm> vm) throws IOException, InterruptedException {
        run("clean_shutdown", vm);
    }

    /// Switches a VM off, or makes a suspended snapshot one that can be destroyed.
    public void hardShutdown(Ref<Vm> vm) throws IOException, InterruptedException {
        run("hard_shutdown", vm);
    }

    public void setName(Ref<Vm> vm, String name) throws IOException, InterruptedException {
        ask("set_name_label", vm, name);
    }

    public void setDescription(Ref<Vm> vm, String description) throws IOException, InterruptedException {
        ask("set_name_description", vm, description);
    }

    /// A snapshot counts as a template, and so does what is imported from one.
    public void setTemplate(Ref<Vm> vm, boolean template) throws IOException, InterruptedException {
        ask("set_is_a_template", vm, template);
    }

    /// Settable once.
    public void setBiosStrings(Ref<Vm> vm, Map<String, String> strings) throws IOException, InterruptedException {
        tell("set_bios_strings", vm, strings);
    }

    /// `restart`, `best-effort`, or nothing for a VM that high availability leaves alone.
    public void setRestartPriority(Ref<Vm> vm, String priority) throws IOException, InterruptedException {
        ask("set_ha_restart_priority", vm, priority);
    }

    /// Keeps an operation from being done.
    ///
    /// @param operation such as `start` or `pool_migrate`
    /// @param reason what whoever tries is told
    public void block(Ref<Vm> vm, String operation, String reason) throws IOException, InterruptedException {
        putEntry("blocked_operations", vm, operation, reason);
        ask("update_allowed_operations", vm); // user interfaces look at what this computes
    }

    public void unblock(Ref<Vm> vm, String operation) throws IOException, InterruptedException {
        ask("remove_from_blocked_operations", vm, operation);
        ask("update_allowed_operations", vm);
    }

    /// What the guest's tools report; nothing if it has none, or does not run.
    public Optional<VmGuestMetrics> guestMetrics(Vm vm) throws IOException, InterruptedException {
        return vm.guestMetrics().isNone() ? Optional.empty() : other(VmGuestMetrics.CLASS, vm.guestMetrics());
    }

    /// Free positions for disks.
    public List<String> freeDiskPositions(Ref<Vm> vm) throws IOException, InterruptedException {
        return ask("get_allowed_VBD_devices", vm).texts();
    }
}
