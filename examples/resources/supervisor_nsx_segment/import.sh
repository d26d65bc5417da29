# The segment's `id`, or its `path`.
terraform import supervisor_nsx_segment.vms bank-vms-rmimg4r67q
