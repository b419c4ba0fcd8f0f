<#import "template.ftl" as mail>
<#assign type = event.getDetail("credential_type")!"">
<#assign kind = (type == "password" || type == "otp")?then(type, "passkey")>
<#setting time_zone="Europe/London">
<@mail.emailLayout heading=msg("eventRemoveCredentialSubject")>
<@mail.paragraph text=msg("eventRemoveCredentialHappened." + kind, event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg("eventCredentialToDo")/>
</@mail.emailLayout>
