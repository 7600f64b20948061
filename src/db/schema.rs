//! The tables as diesel sees them, the same on both databases. Each has one owner: the slice whose store uses it.

diesel::table! {
    deployment (id) {
        id -> BigInt,
        kind -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        subject -> Text,
        lease_owner -> Text,
        lease_until -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    partners (partner_code) {
        partner_code -> Text,
        partner_name -> Nullable<Text>,
        rate_limits -> Nullable<Text>,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    api_keys (key_prefix) {
        key_prefix -> Text,
        partner_code -> Text,
        secret_hash -> Binary,
        permissions -> Text,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        key_name -> Nullable<Text>,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    terminals (terminal_device_id) {
        terminal_device_id -> Text,
        venue_code -> Text,
        functions -> Nullable<Text>,
        key_prefix -> Nullable<Text>,
        secret_hash -> Nullable<Binary>,
        paired_at -> Nullable<Timestamp>,
        last_seen_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    pairing_codes (code_prefix) {
        code_prefix -> Text,
        secret_hash -> Binary,
        terminal_device_id -> Text,
        failed_tries -> BigInt,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    operators (username) {
        username -> Text,
        display_name -> Text,
        role -> Text,
        password_hash -> Text,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    operator_sessions (token_prefix) {
        token_prefix -> Text,
        username -> Text,
        secret_hash -> Binary,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    login_failures (username_digest) {
        username_digest -> Text,
        failures -> BigInt,
        locked_until -> Nullable<Timestamp>,
        failed_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Text,
        principal -> Text,
        action -> Text,
        subject -> Text,
        request_id -> Text,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    catalog_revision (id) {
        id -> BigInt,
        revision -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    products (product_id) {
        product_id -> BigInt,
        product_code -> Text,
        product_name -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    product_functions (product_id, function_code) {
        product_id -> BigInt,
        function_code -> Text,
        function_name -> Text,
        uses -> BigInt,
        position -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    product_prices (product_id, customer_type, currency) {
        product_id -> BigInt,
        customer_type -> Text,
        currency -> Text,
        amount_minor -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    venues (venue_code) {
        venue_code -> Text,
        venue_id -> BigInt,
        venue_name -> Text,
        venue_type -> Text,
        timezone -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    venue_functions (venue_code, function_code) {
        venue_code -> Text,
        function_code -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    tickets (ticket_code) {
        ticket_code -> Text,
        partner_code -> Text,
        batch_id -> Text,
        product_id -> BigInt,
        status -> Text,
        customer_type -> Nullable<Text>,
        customer_name -> Nullable<Text>,
        customer_email -> Nullable<Text>,
        customer_phone -> Nullable<Text>,
        valid_from -> Nullable<Timestamp>,
        valid_until -> Nullable<Timestamp>,
        order_id -> Nullable<Text>,
        current_jti -> Nullable<Text>,
        event_seq -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    entitlements (ticket_code, function_code) {
        ticket_code -> Text,
        function_code -> Text,
        function_name -> Text,
        position -> BigInt,
        total_uses -> BigInt,
        remaining_uses -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    qr_codes (ticket_code, jti) {
        ticket_code -> Text,
        jti -> Text,
        key_id -> Text,
        iv -> Binary,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    ticket_sequences (product_code, day) {
        product_code -> Text,
        day -> Text,
        next_sequence -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    unfinished_mints (partner_code, batch_id) {
        partner_code -> Text,
        batch_id -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    ticket_totals (partner_code, product_id) {
        partner_code -> Text,
        product_id -> BigInt,
        minted -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    redemption_events (id) {
        ticket_code -> Text,
        ticket_seq -> BigInt,
        id -> Text,
        partner_code -> Text,
        function_code -> Text,
        jti -> Text,
        result -> Text,
        reason -> Nullable<Text>,
        venue_code -> Nullable<Text>,
        terminal_device_id -> Nullable<Text>,
        principal -> Text,
        operator -> Nullable<Text>,
        scan_id -> Nullable<Text>,
        offline -> Bool,
        scanned_at -> Nullable<Timestamp>,
        redeemed_at -> Timestamp,
        remaining_uses_after -> Nullable<BigInt>,
        reversed_at -> Nullable<Timestamp>,
        reverses -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    batches (partner_code, batch_id) {
        partner_code -> Text,
        batch_id -> Text,
        fingerprint -> Text,
        product_id -> BigInt,
        distribution_mode -> Text,
        quantity -> BigInt,
        generated -> BigInt,
        code_prefix -> Text,
        first_sequence -> BigInt,
        request -> Text,
        completed_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::joinable!(product_functions -> products (product_id));
diesel::joinable!(product_prices -> products (product_id));
diesel::joinable!(venue_functions -> venues (venue_code));
diesel::joinable!(api_keys -> partners (partner_code));
diesel::joinable!(operator_sessions -> operators (username));

diesel::allow_tables_to_appear_in_same_query!(products, product_functions, product_prices);
diesel::allow_tables_to_appear_in_same_query!(venues, venue_functions);
diesel::allow_tables_to_appear_in_same_query!(partners, api_keys);
diesel::allow_tables_to_appear_in_same_query!(operators, operator_sessions);
