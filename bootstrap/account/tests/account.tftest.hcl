# terraform -chdir=bootstrap/account test: without AWS.
mock_provider "aws" {
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws" }
  }
}

variables {
  account_id = "111122223333"
  region     = "us-east-1"
  topologies = ["orders"]
  consumers  = [{ name = "process-orders", role = "CrossAccountStreamProcessor", function = "ProcessOrders" }]
  deployers  = ["arn:aws:iam::111122223333:role/StreamPipelineDeploy"]
  readers    = ["arn:aws:iam::111122223333:role/StreamPipelineRead"]
}

run "consumers_alone_have_no_policy_for_tables" {
  command = plan

  assert {
    condition     = join(" ", keys(aws_iam_policy.stacks)) == "consumer-change consumer-read subscription-change subscription-read"
    error_message = "policies: ${join(", ", keys(aws_iam_policy.stacks))}"
  }
  assert {
    condition     = length(aws_iam_role.redrive) == 0
    error_message = "a role that nobody may assume"
  }
}

run "tables_alone_have_no_boundary" {
  command = plan
  variables {
    consumers = []
    tables    = ["Orders"]
  }

  assert {
    condition     = join(" ", keys(aws_iam_policy.stacks)) == "producer-change producer-read" && length(aws_iam_policy.boundary) == 0
    error_message = "policies: ${join(", ", keys(aws_iam_policy.stacks))}"
  }
}

run "what_exists_is_not_changed" {
  command = plan
  variables {
    consumers = [
      { name = "found", role = "platform/Legacy", function = "Legacy", exists = "function" },
      { name = "shared", role = "platform/Shared", function = "Share", exists = "role" },
    ]
  }

  assert {
    condition     = !can(regex("function:Legacy|log-group:/aws/lambda/Legacy|iam:(Create|Delete|Put|Attach)", aws_iam_policy.stacks["consumer-change"].policy))
    error_message = aws_iam_policy.stacks["consumer-change"].policy
  }
}

run "unknown_kind_of_existence" {
  command = plan
  variables {
    consumers = [{ name = "found", role = "Legacy", function = "Legacy", exists = "yes" }]
  }
  expect_failures = [var.consumers]
}

run "role_that_deploys" {
  command = plan
  variables {
    consumers = [{ name = "process-orders", role = "TerraformDeploy", function = "ProcessOrders" }]
  }
  expect_failures = [var.consumers]
}

run "pattern_of_the_role_that_deploys" {
  command = plan
  variables {
    consumers = [{ name = "process-orders", role = "Terraform*", function = "ProcessOrders" }]
  }
  expect_failures = [var.consumers]
}

run "every_role" {
  command = plan
  variables {
    consumers = [{ name = "process-orders", role = "*", function = "ProcessOrders" }]
  }
  expect_failures = [var.consumers]
}

run "every_function" {
  command = plan
  variables {
    consumers = [{ name = "process-orders", role = "CrossAccountStreamProcessor", function = "*" }]
  }
  expect_failures = [var.consumers]
}

run "every_table" {
  command = plan
  variables {
    tables = ["*"]
  }
  expect_failures = [var.tables]
}

run "everyone_deploys" {
  command = plan
  variables {
    deployers = ["*"]
  }
  expect_failures = [var.deployers]
}

run "functions_that_change_iam" {
  command = plan
  variables {
    function_actions = ["iam:CreateRole"]
  }
  expect_failures = [var.function_actions]
}

run "more_names_than_a_policy_takes" {
  command = plan
  variables {
    consumers = [
      for number in range(30) : { name = "consumer-${number}", role = "Consumer${number}Role", function = "Consumer${number}" }
    ]
  }
  expect_failures = [aws_iam_policy.stacks]
}
