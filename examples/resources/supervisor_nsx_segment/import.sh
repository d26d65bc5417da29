# The segment's id in NSX, or its policy path.
terraform import supervisor_nsx_segment.vms bank-vms-rmimg4r67q
