import LambdaExtension

/// An event as a service sends it to a function.
///
/// The events are in `Events`, a file each. Their models in Powertools for AWS Lambda (Python) 3.37 take them.
package enum SampleEvent: String, CaseIterable, Sendable {
    case alb
    case apiGatewayV1 = "api-gateway-v1"
    case apiGatewayV2 = "api-gateway-v2"
    case cognito
    case dynamoDBStream = "dynamodb-stream"
    case eventBridge = "eventbridge"
    case functionURL = "function-url"
    case kinesis
    case s3
    case sns
    case sqs

    /// Its sender and its occasion, in a line.
    package var summary: String {
        switch self {
        case .alb: "Application Load Balancer: an HTTP request"
        case .apiGatewayV1: "API Gateway: a request to a REST API, or to an HTTP API in payload format 1.0"
        case .apiGatewayV2: "API Gateway: a request to an HTTP API, in payload format 2.0"
        case .cognito: "Cognito: somebody signs up (PreSignUp_SignUp)"
        case .dynamoDBStream: "DynamoDB Streams: an item was changed"
        case .eventBridge: "EventBridge: an event of an application's own"
        case .functionURL: "a function URL: an HTTP request, in payload format 2.0"
        case .kinesis: "Kinesis Data Streams: a record"
        case .s3: "S3: an object was put"
        case .sns: "SNS: a notification"
        case .sqs: "SQS: a message"
        }
    }

    /// The event itself.
    package var document: JSONDocument {
        let bytes =
            switch self {
            case .alb: PackageResources.alb_json
            case .apiGatewayV1: PackageResources.api_gateway_v1_json
            case .apiGatewayV2: PackageResources.api_gateway_v2_json
            case .cognito: PackageResources.cognito_json
            case .dynamoDBStream: PackageResources.dynamodb_stream_json
            case .eventBridge: PackageResources.eventbridge_json
            case .functionURL: PackageResources.function_url_json
            case .kinesis: PackageResources.kinesis_json
            case .s3: PackageResources.s3_json
            case .sns: PackageResources.sns_json
            case .sqs: PackageResources.sqs_json
            }
        return JSONDocument(bytes)!
    }
}
